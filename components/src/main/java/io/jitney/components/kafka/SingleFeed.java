package io.jitney.components.kafka;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One record at a time. */
final class SingleFeed extends PartitionFeed {
  private final PubSub.MessageHandler handler;

  SingleFeed(Common common, Flow flow, PubSub.MessageHandler handler) {
    super(common, flow, KafkaSettings.POLL_RECORDS / 2);
    this.handler = handler;
  }

  @Override
  boolean canBegin() {
    return !records.isEmpty();
  }

  @Override
  void begin() {
    ConsumerRecord<byte[], byte[]> record = records.removeFirst();
    attempt(
        new Work() {
          @Override
          public Future<Void> run() {
            return handler.handle(message(record)).onSuccess(done -> mark(record));
          }

          @Override
          public String about() {
            return PartitionFeed.about(record);
          }

          @Override
          public void ended() {
            finished(List.of(record));
          }
        });
  }

  @Override
  void stopped() {
    // nothing waits
  }
}
