package io.jitney.components.redis;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens a lane's connection when it is needed, closes it when it is idle, and decides how often a
 * server that takes no connections is asked: attempts are the lane's and not the calls', so that
 * their number does not depend on how many tenants call.
 *
 * <p>A server that refuses is asked again after {@value #SHORTEST_PAUSE_MILLIS} to {@value
 * #LONGEST_PAUSE_MILLIS} ms, and calls wait for that. Where an attempt takes long to fail, calls
 * fail at once with what is known, while the lane goes on asking as long as anybody calls.
 *
 * <p>All methods run on the loop except {@link #connections()}.
 */
final class LaneLink {
  private static final long SHORTEST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 100;

  /** Between two attempts that took long to fail. */
  private static final long PROBE_MILLIS = 1_000;

  /** What the lane does when something happened. */
  interface Listener {
    /** There is a connection. */
    void opened();

    /** There is none: what was waiting for it fails. */
    void failed(RedisFailure failure);

    /** The connection is gone, and with it the answers to what was written. */
    void lost();

    /** Whether calls wait or are under way. */
    boolean isBusy();
  }

  private final EventLoop eventLoop;
  private final RedisSettings settings;
  private final RedisConnector connector;
  private final Circuit circuit;
  private final Listener listener;

  private @Nullable RedisLink link;
  private boolean connecting;
  private boolean scheduled;
  private boolean askedFor;
  private boolean closed;
  private int failures;
  private @Nullable RedisFailure lastFailure;
  private long lastFailureNanos;
  private long nextAttemptNanos;
  private long lastUseNanos;
  private volatile int connections;

  LaneLink(
      EventLoop eventLoop,
      RedisSettings settings,
      RedisConnector connector,
      Circuit circuit,
      Listener listener) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    this.connector = connector;
    this.circuit = circuit;
    this.listener = listener;
  }

  int connections() {
    return connections;
  }

  /** The connection; null when there is none to write on. */
  @Nullable RedisLink open() {
    RedisLink open = link;
    if (open == null) {
      return null;
    }
    if (!open.isOpen()) { // closed before anybody was told
      disconnected(open);
      return null;
    }
    lastUseNanos = System.nanoTime();
    return open;
  }

  /** Why a call that came at that time need not wait for a connection; null: it may. */
  @Nullable RedisFailure refusal(long enteredNanos) {
    RedisFailure known = circuit.refusal();
    if (known != null) {
      askedFor = true;
      return known;
    }
    return lastFailure != null && lastFailureNanos - enteredNanos >= 0 ? lastFailure : null;
  }

  /** Sees to it that {@link Listener#opened} or {@link Listener#failed} is called. */
  void need() {
    if (closed || link != null || connecting || scheduled) {
      return;
    }
    long pause = failures == 0 ? 0 : nextAttemptNanos - System.nanoTime();
    if (pause <= 0) {
      connect();
    } else {
      connectAfter(pause);
    }
  }

  private void connectAfter(long nanos) {
    scheduled = true;
    var _ =
        eventLoop.schedule(
            () -> {
              scheduled = false;
              if (!closed && link == null && !connecting && (listener.isBusy() || askedFor)) {
                connect();
              }
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  private void connect() {
    connecting = true;
    askedFor = false;
    long start = System.nanoTime();
    CompletionStage<RedisLink> opening;
    try {
      opening = connector.connect(() -> onLoop(this::disconnected));
    } catch (RuntimeException e) {
      opening = CompletableFuture.failedFuture(e);
    }
    var _ = opening.whenComplete((opened, failure) -> onLoop(() -> ended(start, opened, failure)));
  }

  private void onLoop(Runnable action) {
    if (eventLoop.inEventLoop()) {
      action.run();
    } else {
      eventLoop.execute(action);
    }
  }

  private void ended(long start, @Nullable RedisLink opened, @Nullable Throwable failure) {
    connecting = false;
    if (opened == null) {
      failed(start, failure == null ? new IllegalStateException("no connection") : failure);
    } else if (closed) {
      opened.close();
    } else {
      failures = 0;
      lastFailure = null;
      link = opened;
      connections = opened.connections();
      lastUseNanos = System.nanoTime();
      circuit.connected();
      watchIdleness(settings.timeouts().idle().toNanos());
      listener.opened();
    }
  }

  private void failed(long start, Throwable cause) {
    String message = DialErrors.describe(cause, settings.addresses().getFirst().toString());
    RedisFailure failure = new RedisFailure(RedisFailure.Kind.NOT_EXECUTED, message);
    long now = System.nanoTime();
    failures++;
    lastFailure = failure;
    lastFailureNanos = now;
    long pause = Math.min(SHORTEST_PAUSE_MILLIS << Math.min(failures - 1, 8), LONGEST_PAUSE_MILLIS);
    Duration took = Duration.ofNanos(now - start);
    circuit.failed(failure, took, took.plusMillis(2 * PROBE_MILLIS));
    if (circuit.refusal() != null && !closed) {
      pause = PROBE_MILLIS;
      connectAfter(TimeUnit.MILLISECONDS.toNanos(pause));
    }
    nextAttemptNanos = now + TimeUnit.MILLISECONDS.toNanos(pause);
    listener.failed(failure);
  }

  /** Told by Lettuce, which has ended the calls under way by now or is about to. */
  private void disconnected() {
    RedisLink gone = link;
    if (gone != null && !gone.isOpen()) {
      disconnected(gone);
    }
  }

  private void disconnected(RedisLink gone) {
    forget();
    gone.close();
    eventLoop.execute(listener::lost);
  }

  /** Gives the connection up: whatever comes on it, nobody can tell for whom. */
  void drop() {
    RedisLink silent = link;
    forget();
    if (silent != null) {
      silent.close();
    }
  }

  private void forget() {
    link = null;
    connections = 0;
  }

  /** A cluster's connections come and go. */
  void count() {
    RedisLink current = link;
    if (current != null) {
      connections = current.connections();
    }
  }

  private void watchIdleness(long nanos) {
    if (settings.timeouts().idle().isPositive()) {
      var _ = eventLoop.schedule(this::closeIfIdle, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void closeIfIdle() {
    if (link == null) {
      return; // the next connection has a watch of its own
    }
    long left = lastUseNanos + settings.timeouts().idle().toNanos() - System.nanoTime();
    if (left > 0 || listener.isBusy()) {
      watchIdleness(Math.max(left, TimeUnit.SECONDS.toNanos(1)));
    } else {
      drop();
    }
  }

  CompletionStage<Void> close() {
    closed = true;
    RedisLink open = link;
    forget();
    return open == null ? CompletableFuture.completedFuture(null) : open.close();
  }
}
