package io.jitney.daemon;

import io.jitney.daemon.connection.ConnectionLimits;
import io.jitney.daemon.connection.Keepalive;
import io.jitney.tenancy.admission.Quota;

/**
 * What a daemon is made with.
 *
 * @param eventLoops 0: one for each core, at least 2
 * @param defaultQuota of each tenant that has none of its own
 * @param memoryBudget bytes that all tenants may hold together; 0: two fifths of the greatest heap
 * @param connections what slow or hostile clients get
 * @param keepalive of gRPC connections
 * @param isolated false: whatever is contended is served first come, first served
 */
public record NodeSettings(
    int eventLoops,
    Quota defaultQuota,
    long memoryBudget,
    ConnectionLimits connections,
    Keepalive keepalive,
    boolean isolated) {

  /** A daemon for many apps. */
  public static NodeSettings shared(int eventLoops, Quota defaultQuota) {
    return new NodeSettings(
        eventLoops, defaultQuota, 0, ConnectionLimits.SHARED, Keepalive.DAPRD, true);
  }

  /** A daemon for one app. */
  public static NodeSettings alone(int eventLoops) {
    return new NodeSettings(
        eventLoops, Quota.UNLIMITED, 0, ConnectionLimits.PRIVATE, Keepalive.DAPRD, true);
  }

  public NodeSettings memoryBudget(long bytes) {
    return new NodeSettings(eventLoops, defaultQuota, bytes, connections, keepalive, isolated);
  }

  public NodeSettings connections(ConnectionLimits limits) {
    return new NodeSettings(eventLoops, defaultQuota, memoryBudget, limits, keepalive, isolated);
  }

  public NodeSettings keepalive(Keepalive times) {
    return new NodeSettings(eventLoops, defaultQuota, memoryBudget, connections, times, isolated);
  }

  public NodeSettings isolated(boolean on) {
    return new NodeSettings(eventLoops, defaultQuota, memoryBudget, connections, keepalive, on);
  }

  /** The budget in bytes. */
  long budget() {
    return memoryBudget > 0 ? memoryBudget : Runtime.getRuntime().maxMemory() / 5 * 2;
  }
}
