package io.jitney.tenancy.usage;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Divides the processor time of the process among those who used it, to the nanosecond: what was
 * charged to all tenants and to the node itself is what the process used.
 *
 * <p>Each period is divided by what was measured in it. Time on event loops is measured by the wall
 * clock, so the processor time of their threads is divided in proportion to it. Time of worker
 * threads is measured as such. The rest, which nobody can measure (garbage collection, compilation,
 * polling, threads of libraries), goes to all in proportion to the above; but at most as much again
 * as was measured, so that the little work of an idle node does not pay for all its background.
 * What is left is the node's.
 *
 * <p>Threads: any.
 */
public final class CpuShares {
  private final Map<TenantUsage, long[]> seen = new HashMap<>();
  private final TenantUsage node;
  private long processSeen;
  private long loopsSeen;

  /**
   * @param node takes what is nobody's; control traffic is measured on it as well
   * @param processNanos processor time of the process so far
   * @param loopNanos processor time of the event loops' threads so far
   */
  public CpuShares(TenantUsage node, long processNanos, long loopNanos) {
    this.node = node;
    this.processSeen = processNanos;
    this.loopsSeen = loopNanos;
    node.cpu(processNanos); // the start is the node's
  }

  /**
   * Ends a period. Tenants that are not named any more get their last share now.
   *
   * @param tenants all that there are, without the node
   */
  public synchronized void charge(
      Collection<TenantUsage> tenants, long processNanos, long loopNanos) {
    Set<TenantUsage> present = new HashSet<>(tenants);
    present.add(node);
    present.forEach(usage -> seen.computeIfAbsent(usage, first -> new long[2]));

    Map<TenantUsage, long[]> used = new HashMap<>();
    long measuredLoops = 0;
    long measuredWork = 0;
    for (Map.Entry<TenantUsage, long[]> entry : seen.entrySet()) {
      long[] before = entry.getValue();
      long loop = entry.getKey().loopNanos();
      long work = entry.getKey().workNanos();
      used.put(entry.getKey(), new long[] {loop - before[0], work - before[1]});
      measuredLoops += loop - before[0];
      measuredWork += work - before[1];
      before[0] = loop;
      before[1] = work;
    }
    seen.keySet().retainAll(present);

    long process = Math.max(0, processNanos - processSeen);
    long loops = Math.clamp(loopNanos - loopsSeen, 0, process);
    processSeen = processNanos;
    loopsSeen = loopNanos;
    divide(used, process, loops, measuredLoops, measuredWork);
  }

  private void divide(
      Map<TenantUsage, long[]> used,
      long process,
      long loops,
      long measuredLoops,
      long measuredWork) {
    // Loops poll, too: an idle one's time is background, and so divided below.
    double loopFactor = measuredLoops == 0 ? 0 : Math.min(2.0, (double) loops / measuredLoops);
    double direct = loopFactor * measuredLoops + measuredWork;
    double factor = direct == 0 ? 0 : Math.min(2.0, process / direct);
    long left = process;
    for (Map.Entry<TenantUsage, long[]> entry : used.entrySet()) {
      long[] its = entry.getValue();
      long share = Math.min(left, (long) (factor * (loopFactor * its[0] + its[1])));
      entry.getKey().cpu(share);
      left -= share;
    }
    node.cpu(left);
  }
}
