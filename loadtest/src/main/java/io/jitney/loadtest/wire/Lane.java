package io.jitney.loadtest.wire;

import java.util.function.Consumer;

/** Carries one request at a time. On the event loop. */
public interface Lane {
  /**
   * Sends; opens a connection first where there is none.
   *
   * @param done told once how it ended, unless {@link #abandon} comes before
   */
  void send(Exchange exchange, Consumer<Outcome> done);

  /** Nobody waits for the answer any more. The lane can be used again at once. */
  void abandon();

  void close();
}
