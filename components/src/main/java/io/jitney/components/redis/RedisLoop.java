package io.jitney.components.redis;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool's connections of one event loop, and which work takes which. Small work is in many hands
 * at once and must never wait for large work, so bulk reads have a connection of their own, what is
 * larger still another, and writes that make the server wait for its replicas a third; they are
 * opened when the first such work comes.
 *
 * <p>All methods run on the loop except {@link #connections()} and {@link #close()}.
 */
final class RedisLoop {
  /** Works that may wait for a connection; a quarter of it of one flow. */
  private static final int MAX_WAITING = 16_384;

  private final EventLoop eventLoop;
  private final RedisSettings settings;
  private final RedisConnector connector;
  private final Circuit circuit;
  private final CallGates gates;
  private final Costs costs = new Costs();
  private final RedisLane light;

  // Made when they are needed: most pools never do.
  private volatile @Nullable RedisLane bulk;
  private volatile @Nullable RedisLane heavy;
  private volatile @Nullable RedisLane waiting;
  private boolean closed;

  RedisLoop(
      EventLoop eventLoop,
      RedisSettings settings,
      RedisConnector connector,
      Circuit circuit,
      CallGates gates) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    this.connector = connector;
    this.circuit = circuit;
    this.gates = gates;
    // What a server does in less than half a millisecond, to begin with; a remote one needs more.
    light = lane("light", 64, 128, 1_024);
  }

  private RedisLane lane(String name, int min, int start, int max) {
    CallGate gate =
        gates.open(
            new CallGates.Settings(
                "redis " + settings.addresses().getFirst() + " " + name,
                min,
                start,
                max,
                min / 2,
                MAX_WAITING / 4,
                MAX_WAITING));
    return new RedisLane(eventLoop, settings, connector, circuit, gate, costs);
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  int connections() {
    return light.connections() + connections(bulk) + connections(heavy) + connections(waiting);
  }

  private static int connections(@Nullable RedisLane lane) {
    return lane == null ? 0 : lane.connections();
  }

  void submit(RedisWork work) {
    if (closed) {
      work.fail(RedisFailure.closed());
    } else {
      lane(work).submit(work);
    }
  }

  private RedisLane lane(RedisWork work) {
    return switch (work.lane()) {
      case SHARED -> gates != CallGates.OPEN && costs.isHeavy(work) ? large(work) : light;
      case WAITING -> waiting();
    };
  }

  private RedisLane large(RedisWork work) {
    return costs.isBulk(work) ? bulk() : heavy();
  }

  /**
   * Reads of some dozens of values, or of some hundred KiB: too large to go before single ones, and
   * over in the server before the loop has taken the answer. The few places of the heavy ones would
   * keep the loop waiting for the server and the server for the loop.
   */
  private RedisLane bulk() {
    RedisLane known = bulk;
    if (known == null) {
      known = lane("bulk", 8, 16, 64);
      bulk = known;
    }
    return known;
  }

  /** A few large ones keep line and server busy; more would only be waiting in the wrong place. */
  private RedisLane heavy() {
    RedisLane known = heavy;
    if (known == null) {
      known = lane("heavy", 2, 4, 32);
      heavy = known;
    }
    return known;
  }

  private RedisLane waiting() {
    RedisLane known = waiting;
    if (known == null) {
      known = lane("waiting", 16, 32, 256);
      waiting = known;
    }
    return known;
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

  /** May be called from anywhere. */
  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    eventLoop.execute(
        () -> {
          closed = true;
          List<Future<Void>> lanes = new ArrayList<>();
          for (RedisLane lane : Arrays.asList(light, bulk, heavy, waiting)) {
            if (lane != null) {
              lanes.add(lane.close());
            }
          }
          Future.join(lanes).onComplete(links -> closeConnector(done));
        });
    return done.future();
  }

  private void closeConnector(Promise<Void> done) {
    eventLoop.execute(
        () -> {
          var _ = connector.close().whenComplete((ok, failure) -> done.complete());
        });
  }
}
