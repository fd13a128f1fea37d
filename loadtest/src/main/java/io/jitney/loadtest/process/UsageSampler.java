package io.jitney.loadtest.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Samples the measured processes on a thread of its own until it is closed. */
public final class UsageSampler implements AutoCloseable {
  private static final long EVERY_MILLIS = 250;
  private static final int PSS_EVERY = 4;
  private static final int MOST_PSS_PIDS = 10;

  private final Supplier<List<Long>> processes;
  private final long start;
  private final List<Sample> samples = new ArrayList<>();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * What was seen at a time.
   *
   * @param seconds after the start of the run
   * @param cpuSeconds since the processes started
   * @param pss bytes; 0 in samples that leave it out, because it takes the processes' locks
   */
  public record Sample(double seconds, double cpuSeconds, long rss, long pss) {}

  /**
   * Starts.
   *
   * @param processes which they are; read again for each sample
   * @param startNanos by {@link System#nanoTime}: of the run
   */
  public UsageSampler(Supplier<List<Long>> processes, long startNanos) {
    this.processes = processes;
    start = startNanos;
    thread = Thread.ofPlatform().daemon().name("usage").start(this::run);
  }

  private void run() {
    int turn = 0;
    while (!closed) {
      List<Long> pids = processes.get();
      double now = (System.nanoTime() - start) / 1e9;
      boolean withPss = turn++ % PSS_EVERY == 0 && pids.size() <= MOST_PSS_PIDS;
      Sample sample =
          new Sample(now, Usage.cpuSeconds(pids), Usage.rss(pids), withPss ? Usage.pss(pids) : 0);
      synchronized (samples) {
        samples.add(sample);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS));
    }
  }

  /** So far. */
  public List<Sample> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
