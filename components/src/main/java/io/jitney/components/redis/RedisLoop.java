package io.jitney.components.redis;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A pool's connections of one event loop, and which work takes which. Small work is in many hands
 * at once and must never wait for large work, so that has a connection of its own, and writes that
 * make the server wait for its replicas have another; both are opened when the first such work
 * comes.
 *
 * <p>All methods run on the loop except {@link #connections()} and {@link #close()}.
 */
final class RedisLoop {
  private final EventLoop eventLoop;
  private final RedisSettings settings;
  private final RedisConnector connector;
  private final Costs costs = new Costs();
  private final boolean isolated;
  private final RedisLane light;
  private final RedisLane heavy;
  private final RedisLane waiting;

  RedisLoop(
      EventLoop eventLoop,
      RedisSettings settings,
      RedisConnector connector,
      Circuit circuit,
      CallGates gates) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    this.connector = connector;
    isolated = gates != CallGates.OPEN;
    String name = "redis " + settings.addresses().getFirst();
    // Some 20 microseconds of work for the server, to begin with; a remote one needs more.
    CallGate small =
        gates.open(new CallGates.Settings(name + " light", 64, 128, 1_024, 16, 4_096, 16_384));
    // A few large ones keep line and server busy; more would only be waiting in the wrong place.
    CallGate large = gates.open(new CallGates.Settings(name + " heavy", 2, 4, 32, 2, 1_024, 4_096));
    CallGate strong =
        gates.open(new CallGates.Settings(name + " waiting", 16, 32, 256, 4, 1_024, 4_096));
    light = new RedisLane(eventLoop, settings, connector, circuit, small, costs);
    heavy = new RedisLane(eventLoop, settings, connector, circuit, large, costs);
    waiting = new RedisLane(eventLoop, settings, connector, circuit, strong, costs);
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  int connections() {
    return light.connections() + heavy.connections() + waiting.connections();
  }

  void submit(RedisWork work) {
    lane(work).submit(work);
  }

  private RedisLane lane(RedisWork work) {
    return switch (work.lane()) {
      case SHARED -> isolated && costs.isHeavy(work) ? heavy : light;
      case WAITING -> waiting;
    };
  }

  /** Submits again after a pause, where attempts, time and room are left for it. */
  boolean submitLater(CallContext context, int attempt, Supplier<? extends RedisWork> again) {
    if (attempt >= settings.retry().attempts()) {
      return false;
    }
    long pause = pauseMillis(attempt);
    if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) - context.deadlineNanos() >= 0
        || !costs.pause(context.flow())) {
      return false;
    }
    var _ =
        eventLoop.schedule(
            () -> {
              costs.resumed(context.flow());
              submit(again.get());
            },
            pause,
            TimeUnit.MILLISECONDS);
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

  Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    Future.join(light.close(), heavy.close(), waiting.close())
        .onComplete(
            links ->
                eventLoop.execute(
                    () -> {
                      var _ = connector.close().whenComplete((ok, failure) -> closed.complete());
                    }));
    return closed.future();
  }
}
