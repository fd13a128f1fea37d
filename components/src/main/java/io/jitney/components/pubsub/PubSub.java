package io.jitney.components.pubsub;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** A message broker (Dapr's pub/sub building block). Failures are {@link ComponentException}s. */
public interface PubSub extends Component {
  /** What the broker can do; shown as capabilities in the metadata API. */
  Set<PubSubFeature> features();

  /**
   * Hands one message to the broker.
   *
   * @return done when the broker has it, as far as the component's settings ask for its word
   */
  Future<Void> publish(CallContext context, PublishRequest request);

  /**
   * Begins to deliver a topic's messages.
   *
   * @param flow on whose account messages are fetched and held
   * @param handler called on an event loop for every message, any number of times at once up to the
   *     window of the component; see {@link MessageHandler}
   * @return the subscription once the broker took it; the component reconnects by itself from then
   *     on
   */
  Future<Subscription> subscribe(Flow flow, SubscribeRequest request, MessageHandler handler);

  /** A broker with {@link PubSubFeature#BULK_PUBSUB}. */
  interface BulkPublisher extends PubSub {
    /** Fails with {@link BulkPublishFailure} when any message was not taken. */
    Future<Void> bulkPublish(CallContext context, BulkPublishRequest request);
  }

  /** A broker that makes batches itself; for others the runtime does. */
  interface BulkSubscriber extends PubSub {
    /**
     * As {@link PubSub#subscribe}, by batches.
     *
     * @param maxMessages most messages of a batch; 0: the component's own default
     * @param maxAwaitMillis longest time until an incomplete batch is handed over, in milliseconds;
     *     0: the component's own default
     */
    Future<Subscription> bulkSubscribe(
        Flow flow,
        SubscribeRequest request,
        int maxMessages,
        long maxAwaitMillis,
        BulkMessageHandler handler);
  }

  /** A broker that can stop fetching while it stays a member of its group. */
  interface Pausable extends PubSub {
    /** Stops fetching for every subscription of this component. */
    Future<Void> pause();
  }

  /** A broker that keeps messages for an app that is away, and can tell that there are some. */
  interface Keeper extends PubSub {
    /**
     * Keeps a subscription alive that nobody reads: from now on nothing that is published is missed
     * by the app's next {@link #subscribe}, here or in another opening. Takes no message away from
     * it, and may go on beside it.
     *
     * @param waiting called on any thread whenever messages were found waiting, every few seconds
     *     as long as they do; must be quick
     * @return once the broker took it; cancelling it leaves what waits at the broker. Fails where
     *     the broker, set up like this, forgets what nobody reads
     */
    Future<Subscription> keep(Flow flow, SubscribeRequest request, Runnable waiting);
  }

  /** Takes messages of one subscription. */
  @FunctionalInterface
  interface MessageHandler {
    /**
     * @return succeeds: acknowledge; fails: what the broker does with a message that could not be
     *     handled (the component decides as daprd's does). One that never ends means neither: the
     *     subscription is about to be cancelled, and the broker keeps the message.
     */
    Future<Void> handle(Message message);
  }

  /** Takes batches of one subscription. */
  @FunctionalInterface
  interface BulkMessageHandler {
    /**
     * @return one outcome for each message, in their order; a failed future means that none was
     *     handled
     */
    Future<List<EntryOutcome>> handle(List<Message> messages);
  }

  /** What became of one message of a batch. */
  sealed interface EntryOutcome {
    /** Acknowledge it. */
    record Done() implements EntryOutcome {}

    /** It could not be handled. */
    record Failed(String message) implements EntryOutcome {}
  }

  /** What is delivered until it is cancelled. */
  interface Subscription {
    /**
     * Ends it, without a word about what its handlers hold: the broker gives that to another
     * consumer, or to this one when it comes back. Other subscriptions go on. Idempotent.
     *
     * @return done when no further message is handed over
     */
    Future<Void> cancel();
  }
}
