package io.jitney.loadtest.worker;

import io.jitney.loadtest.plan.DurabilityPlan;
import io.jitney.loadtest.plan.DurabilityResult;
import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.wire.Exchange;
import io.jitney.loadtest.wire.Lane;
import io.jitney.loadtest.wire.Outcome;
import io.jitney.loadtest.wire.Streams;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Map;

/**
 * Publishes until enough is acknowledged, then waits for what is under way. An event without an
 * answer is in doubt: it is not published again, so that what arrives twice was delivered twice.
 */
final class DurabilityRun {
  private static final int LIVE_MILLIS = 500;
  private static final int PAUSE_MILLIS = 100;

  /** Published and not arrived: more would make a test of the broker's memory of it. */
  private static final int MOST_UNDER_WAY = 20_000;

  private final DurabilityPlan plan;
  private final ContextInternal context;
  private final Streams streams;
  private final EventLedger ledger;
  private final long start = System.nanoTime();
  private long refused;
  private long inDoubt;
  private int sending;
  private long publishedAt;
  private long lastNew = start;
  private int progressBefore;
  private volatile boolean done;

  DurabilityRun(DurabilityPlan plan, ContextInternal context, Streams streams, EventLedger ledger) {
    this.plan = plan;
    this.context = context;
    this.streams = streams;
    this.ledger = ledger;
  }

  /** On the event loop. */
  DurabilityRun begin() {
    for (StreamPlan stream : plan.streams()) {
      for (Lane lane : streams.lanes(stream)) {
        send(stream, lane);
      }
    }
    context.setPeriodic(LIVE_MILLIS, t -> look());
    return this;
  }

  private void send(StreamPlan stream, Lane lane) {
    if (ledger.acknowledgedCount() + sending >= plan.count()) {
      if (ledger.acknowledgedCount() < plan.count()) {
        later(stream, lane);
      }
      return;
    }
    if (ledger.published() - inDoubt - ledger.arrivedCount() > MOST_UNDER_WAY) {
      later(stream, lane);
      return;
    }
    sending++;
    long number = ledger.next();
    Exchange exchange = new Exchange(stream.calls().getFirst(), 0, System.nanoTime(), number);
    lane.send(exchange, outcome -> context.runOnContext(v -> ended(stream, lane, number, outcome)));
  }

  private void later(StreamPlan stream, Lane lane) {
    context.setTimer(PAUSE_MILLIS, t -> send(stream, lane));
  }

  private void ended(StreamPlan stream, Lane lane, long number, Outcome outcome) {
    sending--;
    if (outcome == Outcome.OK) {
      ledger.acknowledged(number);
      if (ledger.acknowledgedCount() == plan.count()) {
        publishedAt = System.nanoTime();
      }
      send(stream, lane);
      return;
    }
    inDoubt++;
    if (outcome != Outcome.LOST) {
      refused++;
    }
    later(stream, lane);
  }

  private void look() {
    long now = System.nanoTime();
    int progress = ledger.arrivedCount() + ledger.acknowledgedCount();
    if (progress > progressBefore) {
      progressBefore = progress;
      lastNew = now;
    }
    System.out.println(
        Json.text(
            Map.of(
                "event",
                "live",
                "acknowledged",
                List.of(ledger.acknowledgedCount(), refused, inDoubt - refused),
                "arrived",
                List.of(ledger.arrivedCount(), 0, ledger.duplicates()))));
    boolean enough = publishedAt != 0 && ledger.missing() == 0;
    if (enough || (now - lastNew) / 1e9 > plan.patienceSeconds()) {
      done = true;
    }
  }

  boolean isDone() {
    return done;
  }

  /** When it is done. */
  DurabilityResult result() {
    return new DurabilityResult(
        ledger.acknowledgedCount(),
        ledger.missing(),
        ledger.duplicates(),
        ledger.published() - ledger.acknowledgedCount(),
        ledger.unexpected(),
        refused,
        publishedAt == 0 ? Double.NaN : (publishedAt - start) / 1e9,
        (lastNew - start) / 1e9);
  }
}
