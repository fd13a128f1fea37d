package io.jitney.tenancy.usage;

import io.jitney.tenancy.admission.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one tenant has used since it came to this node. Counters only grow.
 *
 * <p>Threads: any; counting takes no lock.
 */
public final class TenantUsage {
  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
  private final Map<Reason, LongAdder> refusals = new EnumMap<>(Reason.class);
  private final LongAdder loopNanos = new LongAdder();
  private final LongAdder workNanos = new LongAdder();
  private final LongAdder cpuNanos = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder storeCalls = new LongAdder();
  private final LongAdder storeNanos = new LongAdder();
  private final LongAdder longSlices = new LongAdder();

  public TenantUsage() {
    for (Reason reason : Reason.values()) {
      refusals.put(reason, new LongAdder());
    }
  }

  /**
   * A snapshot.
   *
   * @param calls calls let in by API ({@code state}, {@code invoke}, ...), unmodifiable
   * @param refusals calls refused by reason, all reasons, unmodifiable
   * @param cpuNanos processor time charged: measured, and its part of what cannot be measured
   * @param loopNanos time it had event loops for, in nanoseconds
   * @param bytesIn bytes read from its apps' connections to the API
   * @param bytesOut bytes written to them
   * @param storeCalls calls into components
   * @param storeNanos time that these took, waiting included
   * @param longSlices times that it had an event loop for more than a millisecond at a stretch
   */
  public record Snapshot(
      Map<String, Long> calls,
      Map<Reason, Long> refusals,
      long cpuNanos,
      long loopNanos,
      long bytesIn,
      long bytesOut,
      long storeCalls,
      long storeNanos,
      long longSlices) {}

  /**
   * A call of an API was let in.
   *
   * @param api one of the few names of building blocks, never anything that a caller sent
   */
  public void call(String api) {
    LongAdder counter = calls.get(api);
    if (counter == null) {
      counter = calls.computeIfAbsent(api, first -> new LongAdder());
    }
    counter.increment();
  }

  /** A call was refused. */
  public void refused(Reason reason) {
    LongAdder counter = refusals.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /** It had an event loop for so long. */
  public void loop(long nanos) {
    loopNanos.add(nanos);
  }

  /** It had a thread beside the event loops for so long, in processor time. */
  public void work(long nanos) {
    workNanos.add(nanos);
  }

  /** Processor time is charged to it: see {@link CpuShares}. */
  void cpu(long nanos) {
    cpuNanos.add(nanos);
  }

  public void bytesIn(long bytes) {
    bytesIn.add(bytes);
  }

  public void bytesOut(long bytes) {
    bytesOut.add(bytes);
  }

  /** A call into a component is over. */
  public void store(long nanos) {
    storeCalls.increment();
    storeNanos.add(nanos);
  }

  /** It had an event loop for too long at a stretch. */
  public void longSlice() {
    longSlices.increment();
  }

  long loopNanos() {
    return loopNanos.sum();
  }

  long workNanos() {
    return workNanos.sum();
  }

  /** What was counted so far. The parts are read one after the other, without a lock. */
  public Snapshot snapshot() {
    Map<String, Long> callsNow = new TreeMap<>();
    calls.forEach((api, count) -> callsNow.put(api, count.sum()));
    Map<Reason, Long> refusalsNow = new EnumMap<>(Reason.class);
    refusals.forEach((reason, count) -> refusalsNow.put(reason, count.sum()));
    return new Snapshot(
        Map.copyOf(callsNow),
        Map.copyOf(refusalsNow),
        cpuNanos.sum(),
        loopNanos.sum(),
        bytesIn.sum(),
        bytesOut.sum(),
        storeCalls.sum(),
        storeNanos.sum(),
        longSlices.sum());
  }
}
