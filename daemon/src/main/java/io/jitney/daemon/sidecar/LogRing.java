package io.jitney.daemon.sidecar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The last lines that a sidecar printed, for {@code jitney logs}: at most {@value #MAX_BYTES} bytes
 * of them. Threads: any.
 */
public final class LogRing {
  /** Some 400 lines; an app that logs little holds little. */
  static final int MAX_BYTES = 64 * 1024;

  private final Deque<byte[]> lines = new ArrayDeque<>();
  private final List<Consumer<byte[]>> followers = new CopyOnWriteArrayList<>();
  private int bytes;

  /** Adds whole lines; the array is kept and must not change. */
  public synchronized void add(byte[] whole) {
    if (whole.length == 0) {
      return;
    }
    lines.addLast(whole);
    bytes += whole.length;
    while (bytes > MAX_BYTES && lines.size() > 1) {
      bytes -= lines.removeFirst().length;
    }
    followers.forEach(follower -> follower.accept(whole));
  }

  /** The last {@code count} writes, mostly a line each, the oldest first. */
  public synchronized List<byte[]> last(int count) {
    List<byte[]> all = new ArrayList<>(lines);
    return all.subList(Math.max(0, all.size() - Math.max(0, count)), all.size());
  }

  /**
   * Gives what {@link #last} would and then each new line, none twice and none left out.
   *
   * @param follower must not block
   * @return ends it
   */
  public synchronized Runnable follow(int count, Consumer<byte[]> follower) {
    last(count).forEach(follower);
    followers.add(follower);
    return () -> followers.remove(follower);
  }
}
