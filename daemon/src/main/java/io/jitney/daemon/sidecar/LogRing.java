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

  private record Follower(Consumer<byte[]> lines, Runnable ended) {}

  private final Deque<byte[]> lines = new ArrayDeque<>();
  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private int bytes;
  private boolean closed;

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
    followers.forEach(follower -> follower.lines().accept(whole));
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
   * @param ended called when no more lines will come; at once if that is so
   * @return ends it before
   */
  public synchronized Runnable follow(int count, Consumer<byte[]> follower, Runnable ended) {
    last(count).forEach(follower);
    Follower one = new Follower(follower, ended);
    if (closed) {
      ended.run();
    } else {
      followers.add(one);
    }
    return () -> followers.remove(one);
  }

  /** No more lines will come. */
  synchronized void close() {
    closed = true;
    followers.forEach(follower -> follower.ended().run());
    followers.clear();
  }
}
