package io.jitney.components.redis;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one event loop and pool key. Opened by the first call, closed when idle, opened
 * again by the next.
 *
 * <p>Calls of one turn of the loop are written together. Every call has a deadline, the queue has a
 * bound. All methods run on the loop except {@link #connections()}.
 */
final class RedisLoop {
  /**
   * Calls that wait or are under way. One loop makes some 100,000 calls a second, so these are
   * worth about 0.1 s.
   */
  private static final int MAX_CALLS = 16_384;

  private static final long SWEEP_MILLIS = 50;

  private final EventLoop eventLoop;
  private final RedisSettings settings;
  private final RedisConnector connector;
  private final long readNanos;

  /** To be written at the end of this turn, or when the connection is there. */
  private final List<RedisWork> pending = new ArrayList<>();

  /** Written and not known to be finished, oldest first. */
  private final ArrayDeque<RedisWork> underWay = new ArrayDeque<>();

  private @Nullable RedisLink link;
  private boolean connecting;
  private boolean flushing;
  private boolean sweeping;
  private boolean closed;
  private long lastUseNanos;
  private long sweepDueNanos;
  private volatile int connections;

  RedisLoop(EventLoop eventLoop, RedisSettings settings, RedisConnector connector) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    this.connector = connector;
    readNanos = LoopResources.nanos(settings.timeouts().read());
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  int connections() {
    return connections;
  }

  void submit(RedisWork work) {
    if (closed) {
      work.fail(RedisFailure.closed());
      return;
    }
    dropFinished();
    if (pending.size() + underWay.size() >= MAX_CALLS) {
      work.fail(RedisFailure.busy());
      return;
    }
    pending.add(work);
    if (link != null) {
      flushSoon();
    } else if (!connecting) {
      connect();
    }
    sweepSoon();
  }

  /** Submits again after a pause, where attempts and time are left for it. */
  boolean submitLater(int attempt, long deadlineNanos, Supplier<? extends RedisWork> again) {
    if (closed || attempt >= settings.retry().attempts()) {
      return false;
    }
    long pause = pauseMillis(attempt);
    if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) - deadlineNanos >= 0) {
      return false;
    }
    var _ = eventLoop.schedule(() -> submit(again.get()), pause, TimeUnit.MILLISECONDS);
    return true;
  }

  private long pauseMillis(int attempt) {
    long min = settings.retry().min().toMillis();
    long max = settings.retry().max().toMillis();
    if (min <= 0) {
      return 0;
    }
    long base = attempt >= 16 ? max : min << attempt;
    return Math.clamp(base + ThreadLocalRandom.current().nextLong(base + 1), 0, Math.max(max, 0));
  }

  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      eventLoop.execute(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    RedisLink open = link;
    if (open == null || pending.isEmpty()) {
      return;
    }
    if (!open.isOpen()) { // closed before anybody was told
      disconnected();
      return;
    }
    lastUseNanos = System.nanoTime();
    List<RedisWork> now = new ArrayList<>(pending.size());
    for (RedisWork work : pending) {
      if (!work.isFinished()) {
        work.sentNanos(lastUseNanos);
        now.add(work);
        underWay.add(work);
      }
    }
    pending.clear();
    if (!now.isEmpty()) {
      open.write(now);
    }
  }

  private void connect() {
    connecting = true;
    CompletionStage<RedisLink> opening;
    try {
      opening = connector.connect(() -> onLoop(this::disconnected));
    } catch (RuntimeException e) {
      opening = CompletableFuture.failedFuture(e);
    }
    var _ = opening.whenComplete((opened, failure) -> onLoop(() -> connected(opened, failure)));
  }

  private void onLoop(Runnable action) {
    if (eventLoop.inEventLoop()) {
      action.run();
    } else {
      eventLoop.execute(action);
    }
  }

  private void connected(@Nullable RedisLink opened, @Nullable Throwable failure) {
    connecting = false;
    if (opened == null) {
      Throwable cause = failure == null ? new IllegalStateException("no connection") : failure;
      String message = DialErrors.describe(cause, settings.addresses().getFirst().toString());
      failAll(new RedisFailure(RedisFailure.Kind.NOT_EXECUTED, message));
    } else if (closed) {
      opened.close();
    } else {
      link = opened;
      connections = opened.connections();
      flush();
      watchIdleness(settings.timeouts().idle().toNanos());
    }
  }

  /** Told by Lettuce, which has ended the calls under way by now or is about to. */
  private void disconnected() {
    RedisLink gone = link;
    if (gone != null && !gone.isOpen()) {
      link = null;
      connections = 0;
      gone.close();
      if (!pending.isEmpty() && !closed && !connecting) {
        connect();
      }
    }
  }

  private void failAll(RedisFailure failure) {
    List<RedisWork> all = new ArrayList<>(underWay);
    all.addAll(pending);
    underWay.clear();
    pending.clear();
    all.forEach(work -> work.fail(failure));
  }

  private void dropFinished() {
    for (RedisWork oldest = underWay.peekFirst();
        oldest != null && oldest.isFinished();
        oldest = underWay.peekFirst()) {
      underWay.pollFirst();
    }
  }

  private void sweepSoon() {
    if (!sweeping) {
      sweeping = true;
      sweepDueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
      var _ = eventLoop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Ends what nobody waits for any more. One timer for all calls: a timer each would cost more than
   * the call.
   */
  private void sweep() {
    sweeping = false;
    long now = System.nanoTime();
    RedisLink current = link;
    if (current != null) {
      connections = current.connections();
    }
    dropFinished();
    RedisWork oldest = underWay.peekFirst();
    // When this loop itself was late, the answer may lie in the socket, unread: look again first.
    boolean late = now - sweepDueNanos > TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
    if (oldest != null && now - oldest.sentNanos() > readNanos && !late) {
      dropSilentConnection();
    }
    failOverdue(now);
    if (!underWay.isEmpty() || !pending.isEmpty()) {
      sweepSoon();
    }
  }

  private void failOverdue(long now) {
    List<RedisWork> overdue = new ArrayList<>();
    underWay.forEach(work -> addOverdue(work, now, overdue));
    pending.forEach(work -> addOverdue(work, now, overdue));
    if (!overdue.isEmpty()) {
      RedisFailure failure = RedisFailure.deadline();
      overdue.forEach(work -> work.fail(failure));
      underWay.removeIf(RedisWork::isFinished);
      pending.removeIf(RedisWork::isFinished);
    }
  }

  private static void addOverdue(RedisWork work, long now, List<RedisWork> overdue) {
    if (!work.isFinished() && now - work.deadlineNanos() >= 0) {
      overdue.add(work);
    }
  }

  /** A server that does not answer in time: whatever it says later, nobody can tell to whom. */
  private void dropSilentConnection() {
    RedisLink silent = link;
    link = null;
    connections = 0;
    List<RedisWork> unanswered = new ArrayList<>(underWay);
    underWay.clear();
    RedisFailure failure =
        new RedisFailure(
            RedisFailure.Kind.UNKNOWN,
            "read tcp " + settings.addresses().getFirst() + ": i/o timeout");
    unanswered.forEach(work -> work.fail(failure));
    if (silent != null) {
      silent.close();
    }
    if (!pending.isEmpty() && !connecting) {
      connect();
    }
  }

  private void watchIdleness(long nanos) {
    if (settings.timeouts().idle().isPositive()) {
      var _ = eventLoop.schedule(this::closeIfIdle, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void closeIfIdle() {
    RedisLink open = link;
    if (open == null) {
      return; // the next connection has a watch of its own
    }
    long left = lastUseNanos + settings.timeouts().idle().toNanos() - System.nanoTime();
    dropFinished();
    if (left > 0 || !pending.isEmpty() || !underWay.isEmpty()) {
      watchIdleness(Math.max(left, TimeUnit.SECONDS.toNanos(1)));
      return;
    }
    link = null;
    connections = 0;
    open.close();
  }

  /** Fails what is under way and closes the connection. May be called from anywhere. */
  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    onLoop(
        () -> {
          closed = true;
          failAll(RedisFailure.closed());
          RedisLink open = link;
          link = null;
          connections = 0;
          CompletionStage<Void> closing =
              open == null ? CompletableFuture.completedFuture(null) : open.close();
          var _ = closing.whenComplete((ok, failure) -> done.complete());
        });
    return done.future();
  }
}
