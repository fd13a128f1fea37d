package io.jitney.daemon.subscription;

import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Where events go: an HTTP app, a gRPC app, or a stream. Called on event loops. */
interface EventTarget {
  /** What the app did with an event. */
  enum Verdict {
    /** It is done with it. */
    SUCCESS,
    /** It does not want it. */
    DROP,
    /** It has no ear for it: acknowledged and nothing else. */
    UNHEARD
  }

  /** Whether it needs to know all attributes of an event. */
  boolean whole();

  /**
   * One attempt.
   *
   * @param path of the route that the event takes
   * @param trace of the delivery; null: none
   * @param attempt is told how to be given up
   * @return fails with {@link DeliveryException} when the event may be tried again, and with {@link
   *     io.jitney.daemon.channel.ChannelClosedException} or {@link
   *     io.jitney.daemon.channel.AppUnhealthyException} when the subscription is about to end
   */
  Future<Verdict> deliver(Event event, String path, @Nullable Trace trace, Attempt attempt);

  /** Nobody waits for an answer about the event any more. */
  default void forget(Event event) {}
}
