package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;

/** Errors of the bindings building block (spec 01 section 5.2, 02 section 6.4). */
public final class BindingErrors {
  private BindingErrors() {}

  /** Whatever went wrong with an output binding. */
  public static DaprError invoke(String binding, String cause) {
    return DaprError.plainHttpRichGrpc(
        "ERR_INVOKE_OUTPUT_BINDING",
        500,
        GrpcStatus.INTERNAL,
        "error invoking output binding " + binding + ": " + cause);
  }

  public static DaprError notFound(String binding) {
    return invoke(binding, "couldn't find output binding " + binding);
  }

  public static DaprError operationMissing(String binding) {
    return invoke(binding, "operation field is missing from request");
  }

  /**
   * An operation that the binding does not have.
   *
   * @param supported those it has, separated by blanks
   */
  public static DaprError unsupported(String binding, String operation, String supported) {
    return invoke(
        binding,
        "binding "
            + binding
            + " does not support operation "
            + operation
            + ". supported operations:"
            + supported);
  }
}
