package io.jitney.daemon.error;

import io.jitney.daemon.admission.ClientGoneException;

/** Turns whatever a Future failed with into a catalogue error. */
public final class ErrorMapping {
  private ErrorMapping() {}

  public static DaprError of(Throwable cause) {
    if (cause instanceof DaprException dapr) {
      return dapr.error();
    }
    if (cause instanceof BodyTooLargeException tooLarge) {
      return DaprErrors.bodyRead(String.valueOf(tooLarge.getMessage()));
    }
    if (cause instanceof ClientGoneException) {
      return GrpcErrors.deadlineExceeded();
    }
    String message = cause.getMessage();
    return DaprErrors.unexpected(message == null ? cause.getClass().getSimpleName() : message);
  }
}
