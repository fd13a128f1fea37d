package io.jitney.daemon.subscription;

import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.dapr.v1.DaprPubsubProtos.SubscribeTopicEventsRequestInitialAlpha1;
import io.dapr.v1.DaprPubsubProtos.SubscribeTopicEventsRequestProcessedAlpha1;
import io.jitney.daemon.subscription.TopicSubscription.Origin;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One stream of events, with a broker subscription of its own. Independent of the app's port and
 * health. Threads: any.
 */
final class EventStream {

  private final AppSubscriptions subscriptions;
  private final TopicSubscription wanted;
  private final StreamTarget target;
  private final Runnable closed;

  // Written once, before the subscription begins.
  private volatile @Nullable ActiveSubscription active;

  private EventStream(
      AppSubscriptions subscriptions,
      TopicSubscription wanted,
      StreamTarget target,
      Runnable closed) {
    this.subscriptions = subscriptions;
    this.wanted = wanted;
    this.target = target;
    this.closed = closed;
  }

  /**
   * Opens one.
   *
   * @param send writes an event to the client, from any thread; done when the client has taken it
   * @param closed ends the client's call, because the subscription was ended here
   * @return once the broker has it; fails with a {@link io.jitney.daemon.error.DaprException}
   */
  static Future<EventStream> open(
      AppSubscriptions subscriptions,
      SubscribeTopicEventsRequestInitialAlpha1 initial,
      Function<TopicEventRequest, Future<Void>> send,
      Runnable closed) {
    TopicSubscription wanted =
        new TopicSubscription(
            Origin.STREAMING,
            "",
            initial.getPubsubName(),
            initial.getTopic(),
            initial.getMetadataMap(),
            Routes.to("/"),
            initial.getDeadLetterTopic(),
            null);
    EventStream stream =
        new EventStream(
            subscriptions,
            wanted,
            subscriptions.streamTarget(initial.getPubsubName(), send),
            closed);
    return subscriptions.enter(stream).map(stream);
  }

  TopicSubscription wanted() {
    return wanted;
  }

  StreamTarget target() {
    return target;
  }

  void active(ActiveSubscription made) {
    active = made;
  }

  /** Whether it is a subscription of that component. */
  boolean of(String component) {
    return wanted.pubsub().equals(component);
  }

  /** The client has answered. */
  void processed(SubscribeTopicEventsRequestProcessedAlpha1 answer) {
    if (!target.answered(answer.getId(), answer.getStatus().getStatus())) {
      subscriptions.warn("unknown event in response for stream: " + answer.getId());
    }
  }

  /** The client has gone. What it did not answer, the broker keeps. */
  void gone() {
    subscriptions.leave(this);
    ActiveSubscription running = active;
    if (running != null) {
      running.cut();
    }
    target.end();
  }

  /**
   * Ended by the daemon: deliveries that run may end. Completes when nothing goes on.
   *
   * @param pausing as in {@link ActiveSubscription#stop}
   */
  Future<Void> close(boolean pausing) {
    ActiveSubscription running = active;
    Future<Void> stopping = running == null ? Future.succeededFuture() : running.stop(pausing);
    return stopping.onComplete(
        done -> {
          target.end();
          subscriptions.leave(this);
          closed.run();
        });
  }
}
