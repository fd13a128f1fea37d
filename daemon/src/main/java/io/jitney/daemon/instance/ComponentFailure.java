package io.jitney.daemon.instance;

/**
 * A component can not be opened. The message is daprd's, code words included, and free of secrets.
 */
final class ComponentFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  private ComponentFailure(String reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Its type, version or keys are no good. */
  static ComponentFailure create(String component, String cause) {
    return new ComponentFailure(
        "creation",
        "[CREATE_COMPONENT_FAILURE]: initialization error occurred for "
            + component
            + ": "
            + cause);
  }

  /** It was made and failed to start. */
  static ComponentFailure init(String component, String cause) {
    return new ComponentFailure("init", initText(component, cause));
  }

  /** A failure that is told without code words of its own. */
  static ComponentFailure plain(String cause) {
    return new ComponentFailure("init", cause);
  }

  /** The frame that daprd puts around every failure. */
  static String initText(String component, String cause) {
    return "[INIT_COMPONENT_FAILURE]: initialization error occurred for "
        + component
        + ": "
        + cause;
  }

  /** {@code creation} or {@code init}, as metrics label it. */
  String reason() {
    return reason;
  }
}
