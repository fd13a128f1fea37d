package io.jitney.components.redis;

import io.jitney.components.spi.Flow;
import java.util.IdentityHashMap;

/**
 * What works cost the server, before and after; and what is known for that about the flows of one
 * loop: how large their answers are, how many bytes of theirs wait, how many of their calls pause
 * before the next attempt. One loop's.
 *
 * <p>Costs are nanoseconds of the server's time: measured where a connection has few works under
 * way, by count and size where many share it and nobody can tell them apart.
 */
final class Costs {
  /** Requests and answers from here on are large. */
  static final int LARGE = 32 * 1024;

  /** Commands in one work, from here on many. */
  static final int MANY = 32;

  /** Answers up to this size are no more than bulk; so many bytes take the server under 1 ms. */
  private static final int MOST_BULK = 256 * 1024;

  private static final int MOST_BULK_OPERATIONS = 512;

  private static final long NANOS_PER_OPERATION = 5_000;

  /** Bytes that may wait, of all flows; a flow gets half of what is free. */
  private static final long MAX_BYTES = 64L << 20;

  /** Calls that may pause before they are tried again, shared in the same way. */
  private static final int MAX_PAUSED = 2_048;

  private static final int FLOWS_BEFORE_SWEEP = 64;

  private static final class Known {
    double replyBytes;
    long bytes;
    int works;
    int paused;
  }

  private final IdentityHashMap<Flow, Known> flows = new IdentityHashMap<>();
  private int sweepAt = FLOWS_BEFORE_SWEEP;
  private long bytes;
  private int paused;

  private Known of(Flow flow) {
    Known known = flows.get(flow);
    if (known == null) {
      if (flows.size() >= sweepAt) {
        flows.values().removeIf(one -> one.works == 0 && one.paused == 0);
        sweepAt = Math.max(FLOWS_BEFORE_SWEEP, 2 * flows.size());
      }
      known = new Known();
      flows.put(flow, known);
    }
    return known;
  }

  /** Flows that are known. */
  int flows() {
    return flows.size();
  }

  /** Whether a work keeps the connection busy for longer than small calls should wait. */
  boolean isHeavy(RedisWork work) {
    return work.bytes() >= LARGE
        || work.operations() > MANY
        || (work.isRead() && of(work.context().flow()).replyBytes >= LARGE);
  }

  /** Whether a heavy work is a read that the server is done with in less than a millisecond. */
  boolean isBulk(RedisWork work) {
    return work.isRead()
        && work.bytes() < LARGE
        && work.operations() <= MOST_BULK_OPERATIONS
        && of(work.context().flow()).replyBytes * work.operations() <= MOST_BULK;
  }

  /** Whether there is room for the work's bytes. The first work of a flow always has room. */
  boolean mayWait(RedisWork work) {
    Known known = of(work.context().flow());
    return known.works == 0 || known.bytes + work.bytes() <= MAX_BYTES - bytes;
  }

  void entered(RedisWork work) {
    Known known = of(work.context().flow());
    known.works++;
    known.bytes += work.bytes();
    bytes += work.bytes();
  }

  void left(RedisWork work) {
    Known known = of(work.context().flow());
    known.works--;
    known.bytes -= work.bytes();
    bytes -= work.bytes();
  }

  /** Nanoseconds that the work is going to cost. */
  long estimate(RedisWork work) {
    double reply = work.isRead() ? of(work.context().flow()).replyBytes : 0;
    return cost(work, (long) (reply * work.operations()));
  }

  private static long cost(RedisWork work, long replyBytes) {
    return work.operations() * NANOS_PER_OPERATION + work.bytes() + replyBytes;
  }

  /**
   * A work was answered.
   *
   * @param served nanoseconds between the answer before and this one
   * @return what it has cost
   */
  long answered(RedisWork work, long replyBytes, long served) {
    boolean heavy = isHeavy(work);
    if (work.isRead()) {
      Known known = of(work.context().flow());
      double each = (double) replyBytes / work.operations();
      // Up at once, down slowly: one large answer in a hundred is enough to hold up others.
      known.replyBytes += (each - known.replyBytes) / (each > known.replyBytes ? 2 : 32);
    }
    long cost = cost(work, replyBytes);
    return heavy ? Math.max(cost, served) : cost;
  }

  /** Whether a call may pause; if so, {@link #resumed} is due. */
  boolean pause(Flow flow) {
    Known known = of(flow);
    if (known.paused >= MAX_PAUSED - paused) {
      return false;
    }
    known.paused++;
    paused++;
    return true;
  }

  void resumed(Flow flow) {
    of(flow).paused--;
    paused--;
  }
}
