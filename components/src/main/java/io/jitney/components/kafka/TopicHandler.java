package io.jitney.components.kafka;

import io.jitney.components.pubsub.PubSub;

/** Who gets a topic's messages. Told apart by identity. */
public sealed interface TopicHandler {
  /** One by one. */
  final class Single implements TopicHandler {
    final PubSub.MessageHandler handler;

    public Single(PubSub.MessageHandler handler) {
      this.handler = handler;
    }
  }

  /** In batches. */
  final class Bulk implements TopicHandler {
    final PubSub.BulkMessageHandler handler;
    final int most;
    final long awaitMillis;

    /** Zeros stand for the defaults. */
    public Bulk(PubSub.BulkMessageHandler handler, int most, long awaitMillis) {
      this.handler = handler;
      this.most = most > 0 ? most : BulkFeed.DEFAULT_MESSAGES;
      this.awaitMillis = awaitMillis > 0 ? awaitMillis : BulkFeed.DEFAULT_AWAIT_MILLIS;
    }
  }
}
