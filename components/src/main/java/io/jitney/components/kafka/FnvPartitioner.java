package io.jitney.components.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;

/**
 * Puts keys where daprd's client puts them: FNV-1a and not Kafka's murmur2, else the order of a
 * key's messages would be lost between the two. What has no key goes anywhere. Made by the client.
 */
public final class FnvPartitioner implements Partitioner {
  @Override
  public void configure(Map<String, ?> configs) {
    // nothing to set
  }

  @Override
  public int partition(
      String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
    List<PartitionInfo> partitions = cluster.partitionsForTopic(topic);
    int count = Math.max(partitions.size(), 1);
    return keyBytes == null ? ThreadLocalRandom.current().nextInt(count) : of(keyBytes, count);
  }

  /** The partition of a key among that many. */
  static int of(byte[] key, int partitions) {
    int hash = 0x811c9dc5;
    for (byte b : key) {
      hash ^= b & 0xff;
      hash *= 0x01000193;
    }
    int partition = hash % partitions;
    return partition < 0 ? -partition : partition;
  }

  @Override
  public void close() {
    // nothing to give back
  }
}
