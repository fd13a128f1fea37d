package io.jitney.components.bindings.cron;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When something is due. Immutable. */
sealed interface Schedule permits FieldSchedule, EverySchedule {
  /** The first due time after {@code after}; null when there is none within five years. */
  @Nullable Instant next(Instant after);

  /** A schedule that can not be read; the message is the Go library's. */
  final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message, null, false, false);
    }
  }
}
