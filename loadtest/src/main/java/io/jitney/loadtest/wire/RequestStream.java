package io.jitney.loadtest.wire;

import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.scenario.Call;
import io.jitney.loadtest.schedule.Pacer;
import io.jitney.loadtest.stats.Latencies;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one tenant, over its lanes.
 *
 * <p>Open loop: a request that is due while all lanes are busy waits here, and that time is part of
 * its latency; one that waited longer than the time-out is late without having been sent, which is
 * what a client does whose pool is exhausted. Closed loop: each lane sends again when it has an
 * answer.
 */
// What is put on the loop to be done later has nobody who waits for it.
@SuppressWarnings("FutureReturnValueIgnored")
public final class RequestStream implements Pacer.Sender {
  private static final long PAUSE_AFTER_LOSS_MILLIS = 10;
  private static final int MOST_WAITING = 200_000;

  private final StreamPlan plan;
  private final EventLoop loop;
  private final Mix mix;
  private final List<GroupRecorder.Sink> sinks = new ArrayList<>();
  private final List<Slot> slots = new ArrayList<>();
  private final ArrayDeque<Slot> idle = new ArrayDeque<>();
  private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();
  private final long timeoutNanos;
  private final Histogram lag;
  private long closedUntil = Long.MIN_VALUE;
  private boolean closed;

  /**
   * A stream.
   *
   * @param lag takes how late requests are that no busy lane held up, in microseconds
   */
  RequestStream(
      StreamPlan plan, EventLoop loop, List<Lane> lanes, GroupRecorder group, Histogram lag) {
    this.plan = plan;
    this.loop = loop;
    this.lag = lag;
    mix = new Mix(plan.calls(), plan.seed());
    timeoutNanos = TimeUnit.MILLISECONDS.toNanos(plan.timeoutMillis());
    for (Call call : plan.calls()) {
      sinks.add(group.sink(call.label(), plan.sidecar().appId()));
    }
    for (Lane lane : lanes) {
      Slot slot = new Slot(lane);
      slots.add(slot);
      idle.add(slot);
    }
  }

  public StreamPlan plan() {
    return plan;
  }

  /** A lane and what it carries. */
  private static final class Slot {
    private final Lane lane;
    private @Nullable Exchange exchange;
    private int turn;

    private Slot(Lane lane) {
      this.lane = lane;
    }
  }

  @Override
  public void due(long dueNanos) {
    int index = mix.next();
    Exchange exchange = new Exchange(plan.calls().get(index), index, dueNanos, 0);
    sinks.get(index).due(dueNanos);
    if (idle.isEmpty() && waiting.size() >= MOST_WAITING) {
      end(exchange, Outcome.LATE, dueNanos + timeoutNanos);
      return;
    }
    if (!idle.isEmpty()) {
      lag.recordValue(Latencies.micros(System.nanoTime() - dueNanos));
    }
    waiting.add(exchange);
    dispatch();
  }

  /** Keeps as many requests under way as there are connections, until the step's end. */
  public void closedLoop(long startNanos, Step step) {
    closedUntil = startNanos + (long) (step.to() * 1e9);
    int loops = Math.min(plan.connections(), idle.size());
    for (int i = 0; i < loops; i++) {
      again(idle.remove());
    }
  }

  private void again(Slot slot) {
    long now = System.nanoTime();
    if (now >= closedUntil || closed) {
      idle.add(slot);
      return;
    }
    int index = mix.next();
    sinks.get(index).due(now);
    send(slot, new Exchange(plan.calls().get(index), index, now, 0));
  }

  private void dispatch() {
    while (!idle.isEmpty() && !waiting.isEmpty()) {
      Exchange next = waiting.remove();
      if (System.nanoTime() - next.dueNanos() > timeoutNanos) {
        end(next, Outcome.LATE, next.dueNanos() + timeoutNanos);
      } else {
        send(idle.remove(), next);
      }
    }
  }

  private void send(Slot slot, Exchange exchange) {
    slot.exchange = exchange;
    sinks.get(exchange.index()).sent(exchange.dueNanos());
    int turn = ++slot.turn;
    slot.lane.send(
        exchange,
        outcome -> {
          if (slot.turn == turn && slot.exchange == exchange) {
            ended(slot, exchange, outcome);
          }
        });
  }

  private void ended(Slot slot, Exchange exchange, Outcome outcome) {
    slot.exchange = null;
    long now = System.nanoTime();
    boolean late = now - exchange.dueNanos() > timeoutNanos;
    end(exchange, late ? Outcome.LATE : outcome, now);
    if (outcome == Outcome.LOST) {
      // A port that refuses must not make us spin.
      loop.schedule(() -> free(slot), PAUSE_AFTER_LOSS_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      free(slot);
    }
  }

  private void free(Slot slot) {
    if (closedUntil > System.nanoTime() && !closed) {
      // Through the loop: an answer that is there at once must not call back deeper and deeper.
      loop.execute(() -> again(slot));
    } else {
      idle.add(slot);
      dispatch();
    }
  }

  private void end(Exchange exchange, Outcome outcome, long now) {
    sinks.get(exchange.index()).ended(exchange.dueNanos(), outcome, now);
  }

  /** Gives up what nobody waits for any more; called every few milliseconds. */
  public void sweep() {
    long now = System.nanoTime();
    for (Slot slot : slots) {
      Exchange exchange = slot.exchange;
      if (exchange != null && now - exchange.dueNanos() > timeoutNanos) {
        slot.exchange = null;
        slot.lane.abandon();
        end(exchange, Outcome.LATE, now);
        free(slot);
      }
    }
    Exchange first;
    while ((first = waiting.peek()) != null && now - first.dueNanos() > timeoutNanos) {
      waiting.remove();
      end(first, Outcome.LATE, now);
    }
  }

  /** Whether all is answered or given up. */
  public boolean isQuiet() {
    return waiting.isEmpty() && slots.stream().allMatch(slot -> slot.exchange == null);
  }

  public void close() {
    closed = true;
    slots.forEach(slot -> slot.lane.close());
  }
}
