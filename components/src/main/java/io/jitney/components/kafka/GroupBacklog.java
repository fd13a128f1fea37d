package io.jitney.components.kafka;

import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Whether records of a topic wait for a group that has no member here: how far behind the ends its
 * committed offsets are. Never joins the group. Where the group has no offset yet, it gets the one
 * that a member would begin at, so that what is published while the app is away is not passed over.
 */
public final class GroupBacklog {
  private static final long PATIENCE_SECONDS = 10;

  private final KafkaSettings settings;
  private final String topic;
  private final SharedPools.Lease<AdminClients> lease;
  private final SerialTasks tasks = new SerialTasks("jitney-kafka-backlog");

  /** Whether a partition that has no offset was there before we looked. The tasks' own. */
  private boolean seen;

  /** Borrows a client; {@link #close} gives it back. */
  public GroupBacklog(NodeResources node, KafkaSettings settings, String topic) {
    this.settings = settings;
    this.topic = topic;
    lease = AdminClients.borrow(node, settings);
  }

  /** Whether there are any; fails when the brokers do not answer. */
  public Future<Boolean> waits() {
    Promise<Boolean> answer = Promise.promise();
    tasks.add(
        () -> {
          try {
            answer.complete(look(lease.client().admin()));
          } catch (ExecutionException | TimeoutException | RuntimeException e) {
            answer.fail(new ComponentException.Failed(ProducerPool.text(e)));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.fail(new ComponentException.Failed("kafka: interrupted"));
          }
        });
    return answer.future();
  }

  private boolean look(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<TopicPartition> partitions = partitions(admin);
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(settings.group()).partitionsToOffsetAndMetadata());
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    List<TopicPartition> without = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      if (committed.get(partition) == null) {
        without.add(partition);
      }
      asked.put(partition, OffsetSpec.latest());
    }
    if (!without.isEmpty()) {
      committed = new HashMap<>(committed);
      committed.putAll(begin(admin, without));
    }
    seen = true;
    Map<TopicPartition, ListOffsetsResultInfo> ends = get(admin.listOffsets(asked).all());
    boolean some = false;
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      ListOffsetsResultInfo end = ends.get(partition);
      some |= offset != null && end != null && end.offset() > offset.offset();
    }
    return some;
  }

  private List<TopicPartition> partitions(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<TopicPartition> partitions = new ArrayList<>();
    try {
      get(admin.describeTopics(List.of(topic)).allTopicNames())
          .forEach(
              (name, known) ->
                  known
                      .partitions()
                      .forEach(one -> partitions.add(new TopicPartition(name, one.partition()))));
    } catch (ExecutionException failure) {
      if (!(failure.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw failure;
      }
    }
    return partitions;
  }

  /** What comes up later than we is all news, whatever {@code initialOffset} says. */
  private Map<TopicPartition, OffsetAndMetadata> begin(Admin admin, List<TopicPartition> without)
      throws ExecutionException, InterruptedException, TimeoutException {
    boolean atEnd = !seen && settings.fromEnd();
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    without.forEach(
        partition -> asked.put(partition, atEnd ? OffsetSpec.latest() : OffsetSpec.earliest()));
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    get(admin.listOffsets(asked).all())
        .forEach((partition, at) -> offsets.put(partition, new OffsetAndMetadata(at.offset())));
    get(admin.alterConsumerGroupOffsets(settings.group(), offsets).all());
    return offsets;
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Gives the client back. */
  public Future<Void> close() {
    return lease.release();
  }
}
