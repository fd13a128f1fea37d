package io.jitney.daemon.pubsub;

import io.jitney.components.spi.ComponentException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why something was not published; the message is the cause as daprd words it, for whoever
 * published to frame. Stackless.
 */
public abstract sealed class PublishFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PublishFailure(String message, Throwable cause) {
    super(message, cause, false, false);
  }

  PublishFailure(String message) {
    super(message, null, false, false);
  }

  /** The component is not there (any more). */
  public static final class NotFound extends PublishFailure {
    private static final long serialVersionUID = 1L;

    NotFound(String message) {
      super(message);
    }
  }

  /** The component's scopes do not let the app. */
  public static final class Forbidden extends PublishFailure {
    private static final long serialVersionUID = 1L;

    Forbidden(String message) {
      super(message);
    }
  }

  /** Too much of the tenant's waits already; the broker was not asked. */
  public static final class Overloaded extends PublishFailure {
    private static final long serialVersionUID = 1L;

    Overloaded(ComponentException.Overloaded cause) {
      super(String.valueOf(cause.getMessage()), cause);
    }
  }

  /** The broker failed, or its policy did not let the call through. */
  public static final class Failed extends PublishFailure {
    private static final long serialVersionUID = 1L;

    Failed(Throwable cause) {
      super(
          cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(),
          cause);
    }
  }

  /** Some messages of a bulk, or all, were not taken. */
  public static final class Partial extends PublishFailure {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> failed;

    Partial(Throwable cause, Map<String, String> failed) {
      super(String.valueOf(new Failed(cause).getMessage()), cause);
      this.failed = new LinkedHashMap<>(failed);
    }

    /** Why, by entry id. */
    public Map<String, String> failed() {
      return failed;
    }
  }
}
