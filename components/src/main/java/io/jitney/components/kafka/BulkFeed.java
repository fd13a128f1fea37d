package io.jitney.components.kafka;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Batches: full ones at once, others when their time has come. */
final class BulkFeed extends PartitionFeed {
  static final int DEFAULT_MESSAGES = 80;
  static final long DEFAULT_AWAIT_MILLIS = 10_000;

  private final PubSub.BulkMessageHandler handler;
  private final int most;
  private final long awaitMillis;
  private long timer = -1;
  private boolean due;

  BulkFeed(
      Common common, Flow flow, PubSub.BulkMessageHandler handler, int most, long awaitMillis) {
    super(common, flow, Math.max(most, KafkaSettings.POLL_RECORDS / 2));
    this.handler = handler;
    this.most = most;
    this.awaitMillis = awaitMillis;
  }

  @Override
  boolean canBegin() {
    if (records.isEmpty()) {
      return false;
    }
    if (records.size() >= most || due) {
      return true;
    }
    if (timer == -1) {
      timer =
          common
              .context()
              .setTimer(
                  awaitMillis,
                  over -> {
                    timer = -1;
                    due = true;
                    advance();
                  });
    }
    return false;
  }

  @Override
  void begin() {
    due = false;
    stopped(); // the time of the next batch begins anew
    List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>(Math.min(most, records.size()));
    while (batch.size() < most && !records.isEmpty()) {
      batch.add(records.removeFirst());
    }
    List<Message> messages = batch.stream().map(this::message).toList();
    attempt(
        new Work() {
          @Override
          public Future<Void> run() {
            return handler.handle(messages).compose(outcomes -> mark(batch, outcomes));
          }

          @Override
          public String about() {
            return "Kafka bulk messages: " + batch.getFirst().topic();
          }

          @Override
          public void ended() {
            finished(batch);
          }
        });
  }

  /** Marks up to the first that failed. */
  private Future<Void> mark(
      List<ConsumerRecord<byte[], byte[]>> batch, List<PubSub.EntryOutcome> outcomes) {
    for (int i = 0; i < batch.size(); i++) {
      if (i >= outcomes.size()) {
        return Future.failedFuture("entry id mismatch while processing bulk messages");
      }
      switch (outcomes.get(i)) {
        case PubSub.EntryOutcome.Done() -> mark(batch.get(i));
        case PubSub.EntryOutcome.Failed(String message) -> {
          return Future.failedFuture(message);
        }
      }
    }
    return Future.succeededFuture();
  }

  @Override
  void stopped() {
    if (timer != -1) {
      common.context().owner().cancelTimer(timer);
      timer = -1;
    }
  }
}
