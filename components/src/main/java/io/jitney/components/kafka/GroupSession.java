package io.jitney.components.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A client's life as a member of the group: who gets the partitions that are assigned, and how far
 * they have got. The polling thread's only.
 */
final class GroupSession implements ConsumerRebalanceListener {
  private static final long HELD_BYTES = 16 << 20;
  private static final long COMMIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration COMMIT_PATIENCE = Duration.ofSeconds(3);
  private static final long HANDLER_PATIENCE_MILLIS = 2_000;

  private final PartitionFeed.Common common;
  private final BooleanSupplier paused;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, PartitionFeed> feeds = new HashMap<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private Map<String, List<TopicHandler>> topics = Map.of();
  private long version = -1;
  private long lastCommitNanos = System.nanoTime();

  GroupSession(KafkaSettings settings, PartitionFeed.Common common, BooleanSupplier paused) {
    this.common = common;
    this.paused = paused;
    consumer = new KafkaConsumer<>(settings.consumerConfig());
  }

  KafkaConsumer<byte[], byte[]> consumer() {
    return consumer;
  }

  /** Ends what was, if it has changed, and joins the group for these. */
  void subscribe(long wantedVersion, Map<String, List<TopicHandler>> wanted) {
    if (wantedVersion == version) {
      return;
    }
    if (!topics.isEmpty()) {
      endFeeds(new ArrayList<>(feeds.keySet()), true);
      consumer.unsubscribe();
    }
    topics = wanted;
    version = wantedVersion;
    if (!wanted.isEmpty()) {
      consumer.subscribe(wanted.keySet(), this);
    }
  }

  /** Commits when it is time, and asks for partitions whose records are handled. */
  void prepare() {
    long now = System.nanoTime();
    if (now - lastCommitNanos >= COMMIT_NANOS) {
      lastCommitNanos = now;
      Map<TopicPartition, OffsetAndMetadata> due = due(feeds.keySet());
      if (!due.isEmpty()) {
        consumer.commitAsync(
            due,
            (offsets, failure) -> {
              if (failure == null) {
                remember(offsets);
              }
            });
      }
    }
    boolean none = paused.getAsBoolean() || common.heldBytes().get() > HELD_BYTES;
    List<TopicPartition> resume = new ArrayList<>();
    List<TopicPartition> pause = new ArrayList<>();
    feeds.forEach((partition, feed) -> (feed.isReady() && !none ? resume : pause).add(partition));
    consumer.resume(resume);
    consumer.pause(pause);
  }

  void poll(Duration patience) {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(patience);
    for (TopicPartition partition : records.partitions()) {
      PartitionFeed feed = feeds.get(partition);
      if (feed != null) {
        feed.offer(records.records(partition));
      }
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> due(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
    for (TopicPartition partition : partitions) {
      PartitionFeed feed = feeds.get(partition);
      long position = feed == null ? -1 : feed.position();
      if (position >= 0 && position != committed.getOrDefault(partition, -1L)) {
        due.put(partition, new OffsetAndMetadata(position));
      }
    }
    return due;
  }

  private void remember(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      List<TopicHandler> handlers = topics.get(partition.topic());
      if (handlers != null) {
        TopicHandler handler = handlers.get(partition.partition() % handlers.size());
        feeds.put(
            partition,
            switch (handler) {
              case TopicHandler.Single single ->
                  new SingleFeed(common, single.flow(), single.handler);
              case TopicHandler.Bulk bulk ->
                  new BulkFeed(common, bulk.flow(), bulk.handler, bulk.most, bulk.awaitMillis);
            });
      }
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    endFeeds(partitions, true);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    endFeeds(partitions, false);
  }

  /** Begins nothing more, gives handlers a moment to end, and commits what they did. */
  private void endFeeds(Collection<TopicPartition> partitions, boolean commit) {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      PartitionFeed feed = feeds.get(partition);
      if (feed != null) {
        ends.add(feed.end());
      }
    }
    if (ends.isEmpty()) {
      return;
    }
    try {
      CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]))
          .get(HANDLER_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // what they handle is handed over again, here or elsewhere
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (commit) {
      commit(due(partitions));
    }
    partitions.forEach(
        partition -> {
          feeds.remove(partition);
          committed.remove(partition);
        });
  }

  private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (offsets.isEmpty()) {
      return;
    }
    for (int attempt = 0; attempt < 2; attempt++) {
      try {
        consumer.commitSync(offsets, COMMIT_PATIENCE);
        return;
      } catch (WakeupException e) {
        // meant for a poll: once more
      } catch (KafkaException e) {
        common.log().warn("Kafka offsets could not be committed: " + ProducerPool.text(e));
        return;
      }
    }
  }

  void close() {
    endFeeds(new ArrayList<>(feeds.keySet()), true);
    try {
      consumer.close(CloseOptions.timeout(COMMIT_PATIENCE));
    } catch (KafkaException e) {
      common.log().debug("Kafka consumer did not close: " + ProducerPool.text(e));
    }
  }
}
