package io.jitney.components.kafka;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.spi.Flow;

/** Who gets a topic's messages. Told apart by identity. */
public sealed interface TopicHandler {
  /** On whose account messages are held. */
  Flow flow();

  /** One by one. */
  final class Single implements TopicHandler {
    final PubSub.MessageHandler handler;
    private final Flow flow;

    public Single(Flow flow, PubSub.MessageHandler handler) {
      this.flow = flow;
      this.handler = handler;
    }

    @Override
    public Flow flow() {
      return flow;
    }
  }

  /** In batches. */
  final class Bulk implements TopicHandler {
    final PubSub.BulkMessageHandler handler;
    final int most;
    final long awaitMillis;
    private final Flow flow;

    /** Zeros stand for the defaults. */
    public Bulk(Flow flow, PubSub.BulkMessageHandler handler, int most, long awaitMillis) {
      this.flow = flow;
      this.handler = handler;
      this.most = most > 0 ? most : BulkFeed.DEFAULT_MESSAGES;
      this.awaitMillis = awaitMillis > 0 ? awaitMillis : BulkFeed.DEFAULT_AWAIT_MILLIS;
    }

    @Override
    public Flow flow() {
      return flow;
    }
  }
}
