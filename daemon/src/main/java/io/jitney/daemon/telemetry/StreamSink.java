package io.jitney.daemon.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A sink that writes to a file or to the standard output, with at most a megabyte waiting. Lines
 * are written by a virtual thread that exists only while some wait, so an idle sink costs nothing.
 * What does not fit is dropped, and a line says how many lines that were.
 */
public final class StreamSink implements LogSink {
  private static final int LIMIT = 1024 * 1024;
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final OutputStream out;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private int bytes;
  private long dropped;
  private boolean writing;
  private boolean closed;

  public StreamSink(OutputStream out) {
    this.out = out;
  }

  /** Appends to {@code file}, which is made if it is not there. */
  public static StreamSink append(Path file) throws IOException {
    return new StreamSink(
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  @Override
  public void write(byte[] line) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (bytes + line.length > LIMIT) {
        dropped++;
        return;
      }
      waiting.addLast(line);
      bytes += line.length;
      if (!writing) {
        writing = true;
        Thread.ofVirtual().name("log-writer").start(this::drain);
      }
    } finally {
      lock.unlock();
    }
  }

  private void drain() {
    byte[] next = take();
    while (next != null) {
      try {
        out.write(next);
      } catch (IOException full) {
        // A full disk or a closed pipe: the lines are lost, the app goes on.
      }
      next = take();
    }
  }

  private byte @org.jspecify.annotations.Nullable [] take() {
    lock.lock();
    try {
      if (dropped > 0 && bytes < LIMIT / 2) {
        String note = "jitney: " + dropped + " log lines dropped: they are written too slowly\n";
        dropped = 0;
        return note.getBytes(UTF_8);
      }
      byte[] next = waiting.pollFirst();
      if (next == null) {
        writing = false;
        idle.signalAll();
        return null;
      }
      bytes -= next.length;
      return next;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      long left = LAST_WORDS.toNanos();
      while (writing && left > 0) {
        left = idle.awaitNanos(left);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    try {
      out.close();
    } catch (IOException lost) {
      // Nothing of ours is lost that was not before.
    }
  }
}
