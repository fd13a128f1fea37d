package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one launcher: at most {@value #LIMIT} bytes. Beyond it the oldest log
 * output goes, and one line takes its place that says how many lines went. Answers and the exit
 * code are never dropped. Adding never blocks; one thread takes.
 */
final class OutputQueue {
  static final int LIMIT = 1024 * 1024;

  /** What a frame costs besides its payload, so that many tiny ones are bounded too. */
  private static final int OVERHEAD = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private int waiting;
  private long dropped;
  private boolean ended;
  private boolean closed;

  /** Adds log output; makes room by dropping older one. */
  void log(Frame frame) {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      append(frame);
      shrinkTo(LIMIT);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Adds an answer; false when the client has left so many unread that it must be disconnected. */
  boolean answer(Frame frame) {
    lock.lock();
    try {
      if (ended) {
        return true;
      }
      append(frame);
      shrinkTo(LIMIT);
      changed.signal();
      // One answer may be larger than the limit; a second one that waits behind it may not.
      return waiting <= LIMIT || frames.size() == 1;
    } finally {
      lock.unlock();
    }
  }

  /** Adds the last frame; what is added later is ignored. */
  void end(Frame exit) {
    lock.lock();
    try {
      if (!ended) {
        append(exit);
        ended = true;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops all waiting log output, so that what remains comes next. */
  void dropLogs() {
    lock.lock();
    try {
      shrinkTo(0);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the taking thread at once, whatever waits. */
  void close() {
    lock.lock();
    try {
      ended = true;
      closed = true;
      frames.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next frame, waiting for it; null once closed. */
  @Nullable Frame take() {
    lock.lock();
    try {
      while (frames.isEmpty() && dropped == 0 && !closed) {
        changed.awaitUninterruptibly();
      }
      if (closed) {
        return null;
      }
      if (dropped > 0) {
        String note =
            "jitney: "
                + dropped
                + " log lines dropped: this launcher's output is read too slowly\n";
        dropped = 0;
        return new Frame(FrameType.STDERR, note.getBytes(UTF_8));
      }
      Frame next = frames.removeFirst();
      waiting -= cost(next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void append(Frame frame) {
    frames.addLast(frame);
    waiting += cost(frame);
  }

  private void shrinkTo(int limit) {
    Iterator<Frame> oldest = frames.iterator();
    while (waiting > limit && oldest.hasNext()) {
      Frame frame = oldest.next();
      if (frame.type() == FrameType.STDOUT || frame.type() == FrameType.STDERR) {
        oldest.remove();
        waiting -= cost(frame);
        dropped += lines(frame.payload());
      }
    }
  }

  private static int cost(Frame frame) {
    return frame.size() + OVERHEAD;
  }

  private static long lines(byte[] text) {
    long lines = 0;
    for (byte b : text) {
      if (b == '\n') {
        lines++;
      }
    }
    return Math.max(1, lines);
  }
}
