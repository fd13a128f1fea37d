package io.jitney.components.bindings.cron;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code bindings.cron}: an event without data at each due time. What was due while nobody read is
 * not made up for. An event that is still being handled does not hold up the next, as in daprd; but
 * when {@value #MOST_OVERLAPPING} are, the next are left out.
 */
public final class CronBinding implements InputBinding.Clocked {
  static final int MOST_OVERLAPPING = 64;

  /** The clock may be set meanwhile: due times that are far are looked at again. */
  private static final long LONGEST_TIMER_MILLIS = Duration.ofMinutes(1).toMillis();

  private static final DateTimeFormatter GO_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral(" +0000 UTC")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final String name;
  private final Schedule schedule;
  private final Vertx vertx;
  private final List<Context> loops;
  private final ComponentLog log;

  private CronBinding(String name, Schedule schedule, ComponentOpening opening) {
    this.name = name;
    this.schedule = schedule;
    this.vertx = opening.node().vertx();
    this.loops = opening.node().loops();
    this.log = opening.log();
  }

  /** The factory. */
  public static Future<InputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    String text = spec.metadata().get("schedule", "");
    if (text.isEmpty()) {
      return Future.failedFuture(new ComponentException.Failed("schedule not set"));
    }
    try {
      Schedule schedule =
          ScheduleParser.parse(text, zone(opening.environment().getOrDefault("TZ", "")));
      return Future.succeededFuture(new CronBinding(spec.name(), schedule, opening));
    } catch (Schedule.Unreadable unreadable) {
      return Future.failedFuture(
          new ComponentException.Failed(
              "invalid schedule format '" + text + "': " + unreadable.getMessage()));
    }
  }

  /** The app's local time, not the daemon's. */
  private static ZoneId zone(String name) {
    String bare = name.startsWith(":") ? name.substring(1) : name;
    if (bare.isEmpty()) {
      return ZoneId.systemDefault();
    }
    try {
      return ZoneId.of(bare);
    } catch (DateTimeException unknown) {
      return ZoneOffset.UTC; // as Go
    }
  }

  @Override
  public Future<Reading> read(Flow flow, EventHandler handler) {
    Ticking ticking = new Ticking(handler);
    int loop = Math.floorMod(System.identityHashCode(this), loops.size());
    loops.get(loop).runOnContext(run -> ticking.plan(Instant.now()));
    return Future.succeededFuture(ticking);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /** One reader's timer. On one loop, but for cancelling. */
  private final class Ticking implements Reading {
    private final EventHandler handler;
    private volatile boolean cancelled;
    private volatile long timer = -1;
    private int running;
    private boolean skipping;

    Ticking(EventHandler handler) {
      this.handler = handler;
    }

    void plan(Instant after) {
      Instant due = schedule.next(after);
      if (due == null) {
        log.warn("schedule of " + name + " is never due");
        return;
      }
      await(due);
    }

    private void await(Instant due) {
      if (cancelled) {
        return;
      }
      long millis = Math.max(1, Duration.between(Instant.now(), due).toMillis() + 1);
      boolean last = millis <= LONGEST_TIMER_MILLIS;
      timer = vertx.setTimer(Math.min(millis, LONGEST_TIMER_MILLIS), fired -> waited(due, last));
      if (cancelled) {
        vertx.cancelTimer(timer);
      }
    }

    private void waited(Instant due, boolean last) {
      Instant now = Instant.now();
      if (!last || now.isBefore(due)) {
        await(due);
        return;
      }
      if (!cancelled) {
        tick(now);
        plan(now);
      }
    }

    private void tick(Instant now) {
      if (running >= MOST_OVERLAPPING) {
        if (!skipping) {
          skipping = true;
          log.warn(
              name + " is due again, but " + running + " events are still being handled: left out");
        }
        return;
      }
      skipping = false;
      running++;
      Context loop = vertx.getOrCreateContext();
      handler
          .handle(
              new BindingEvent(
                  Buffer.buffer(),
                  Map.of("timeZone", "Local", "readTimeUTC", GO_TIME.format(now)),
                  null))
          .onComplete(handled -> loop.runOnContext(back -> running--));
    }

    @Override
    public Future<Void> cancel() {
      cancelled = true;
      vertx.cancelTimer(timer);
      return Future.succeededFuture();
    }
  }
}
