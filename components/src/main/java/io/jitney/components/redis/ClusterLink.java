package io.jitney.components.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.protocol.ConnectionIntent;
import io.lettuce.core.protocol.RedisCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Connections to the servers of a cluster; Lettuce routes calls by their key and follows
 * redirections.
 */
final class ClusterLink implements RedisLink {
  private final StatefulRedisClusterConnection<byte[], byte[]> cluster;

  ClusterLink(StatefulRedisClusterConnection<byte[], byte[]> cluster) {
    this.cluster = cluster;
  }

  @Override
  public void write(List<RedisWork> work) {
    for (RedisWork one : work) {
      switch (one) {
        case RedisCall<?> call -> cluster.dispatch(call);
        case RedisBatch batch -> write(batch);
        case RedisTransaction transaction -> write(transaction);
      }
    }
  }

  private void write(RedisBatch batch) {
    for (RedisCall<?> call : batch.calls()) {
      if (call.begin()) {
        cluster.dispatch(call);
      }
    }
  }

  /**
   * A transaction lives on one server: that of its first key. Keys of other servers fail there, as
   * in daprd.
   */
  private void write(RedisTransaction transaction) {
    RedisClusterNode node = nodeOf(transaction.key());
    if (node == null) {
      transaction.fail(
          new RedisFailure(RedisFailure.Kind.NOT_EXECUTED, "CLUSTERDOWN Hash slot not served"));
      return;
    }
    var _ =
        cluster
            .getConnectionAsync(node.getNodeId(), ConnectionIntent.WRITE)
            .whenComplete((connection, failure) -> write(transaction, node, connection, failure));
  }

  private static void write(
      RedisTransaction transaction,
      RedisClusterNode node,
      @Nullable StatefulRedisConnection<byte[], byte[]> connection,
      @Nullable Throwable failure) {
    if (connection == null) {
      String address = node.getUri().getHost() + ":" + node.getUri().getPort();
      Throwable cause = failure == null ? new IllegalStateException("no connection") : failure;
      transaction.fail(
          new RedisFailure(RedisFailure.Kind.NOT_EXECUTED, DialErrors.describe(cause, address)));
      return;
    }
    List<RedisCommand<byte[], byte[], ?>> commands = new ArrayList<>(transaction.frame());
    connection.dispatch(commands);
  }

  private @Nullable RedisClusterNode nodeOf(@Nullable String key) {
    int slot = key == null ? 0 : SlotHash.getSlot(key);
    return cluster.getPartitions().getMasterBySlot(slot);
  }

  @Override
  public boolean isOpen() {
    return cluster.isOpen();
  }

  @Override
  public int connections() {
    return cluster.isOpen() ? cluster.getPartitions().size() : 0;
  }

  @Override
  public CompletionStage<Void> close() {
    return cluster.closeAsync();
  }
}
