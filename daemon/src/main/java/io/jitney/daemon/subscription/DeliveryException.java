package io.jitney.daemon.subscription;

import io.jitney.daemon.resiliency.Resiliency;

/** An event did not reach its app, or the app wants it again. Stackless. */
final class DeliveryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * @param code HTTP status or gRPC code of the app's answer; {@link Resiliency#NO_CODE} without
   *     one
   */
  DeliveryException(String message, int code) {
    super(message, null, false, false);
    this.code = code;
  }

  DeliveryException(String message) {
    this(message, Resiliency.NO_CODE);
  }

  /** What retry policies match. */
  static int code(Throwable failure) {
    return failure instanceof DeliveryException known ? known.code : Resiliency.NO_CODE;
  }
}
