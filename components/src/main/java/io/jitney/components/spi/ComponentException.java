package io.jitney.components.spi;

import org.jspecify.annotations.Nullable;

/**
 * How a component says what went wrong. The message is what daprd would embed in its error
 * ("possible etag mismatch. error from state store"), without the frame that the building block
 * puts around it. Stackless: failures are answers, not accidents.
 */
public abstract sealed class ComponentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ComponentException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }

  /** The stored value has another ETag than the request asked for (HTTP 409, gRPC ABORTED). */
  public static final class EtagMismatch extends ComponentException {
    private static final long serialVersionUID = 1L;

    public EtagMismatch(@Nullable String cause) {
      super(
          "possible etag mismatch. error from state store" + (cause == null ? "" : ": " + cause),
          null);
    }
  }

  /** The request's ETag can not be one of this store (HTTP 400, gRPC INVALID_ARGUMENT). */
  public static final class EtagInvalid extends ComponentException {
    private static final long serialVersionUID = 1L;

    public EtagInvalid(@Nullable String cause) {
      super("invalid etag value" + (cause == null ? "" : ": " + cause), null);
    }
  }

  /**
   * As many calls of the caller's flow wait for the store as may wait; nothing was sent (HTTP 429,
   * gRPC RESOURCE_EXHAUSTED).
   */
  public static final class Overloaded extends ComponentException {
    private static final long serialVersionUID = 1L;

    public Overloaded(String message) {
      super(message, null);
    }
  }

  /** Anything else: the call reached the store or failed on its way (HTTP 500, gRPC INTERNAL). */
  public static final class Failed extends ComponentException {
    private static final long serialVersionUID = 1L;

    private enum Kind {
      ORDINARY,
      UNANSWERED,
      TERMINAL
    }

    private final Kind kind;

    public Failed(String message) {
      this(message, null, Kind.ORDINARY);
    }

    public Failed(String message, @Nullable Throwable cause) {
      this(message, cause, Kind.ORDINARY);
    }

    private Failed(String message, @Nullable Throwable cause, Kind kind) {
      super(message, cause);
      this.kind = kind;
    }

    /** It was sent, and nobody knows what came of it. */
    public static Failed unanswered(String message) {
      return new Failed(message, null, Kind.UNANSWERED);
    }

    /** The request or the component is wrong: the same call fails however often it is made. */
    public static Failed terminal(String message) {
      return new Failed(message, null, Kind.TERMINAL);
    }

    /** Whether the call may have been carried out all the same. */
    public boolean isUnanswered() {
      return kind == Kind.UNANSWERED;
    }

    /** Whether the same call would fail again; retry policies see another code then. */
    public boolean isTerminal() {
      return kind == Kind.TERMINAL;
    }
  }
}
