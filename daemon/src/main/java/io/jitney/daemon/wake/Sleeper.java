package io.jitney.daemon.wake;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.daemon.wake.WakeTurns.Phase;
import io.jitney.tenancy.TenantId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One app that scales to zero: whether it is away, who holds its subscriptions then, and whom to
 * call. What goes wrong is told in the app's log, health, metadata and metrics.
 *
 * <p>Threads: any; everything is decided on one event loop.
 */
public final class Sleeper {
  private static final String SCOPE = "jitney.wake";

  /** A part of an instance's health, and what the metadata API shows. */
  private static final String PART = "scale-to-zero";

  /**
   * Letting go and holding on takes moments; an instance must not wait for a broker that is down.
   */
  private static final long HANDOVER_MILLIS = 3_000;

  /** How the app is doing. */
  public record Status(String state, String reason, long wakes, long failures) {}

  private final Vertx vertx;
  private final Context loop;
  private final TenantId app;
  private final Map<String, String> environment;
  private final WakeHooks hooks;
  private final AtomicLong wakes = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile WakeRule rule;
  private volatile Phase shown = Phase.ASLEEP;
  private volatile String reason = "";

  // The loop's.
  private final WakeTurns turns = new WakeTurns();
  private final List<AppInstance> awake = new ArrayList<>();
  private final WaitingCalls waiting = new WaitingCalls();
  private @Nullable Keeper keeper;
  private @Nullable AppInstance kept;
  private @Nullable Thread calling;
  private boolean closed;
  private long timer = -1;

  Sleeper(
      Vertx vertx, TenantId app, WakeRule rule, Map<String, String> environment, WakeHooks hooks) {
    this.vertx = vertx;
    this.environment = environment;
    this.app = app;
    this.rule = rule;
    this.hooks = hooks;
    loop = ((VertxInternal) vertx).createEventLoopContext();
  }

  public Status status() {
    return new Status(shown.word(), reason, wakes.get(), failed.get());
  }

  /** Whether a call to the app should wait until {@link #awaken} is done. */
  public boolean sleepsForCalls() {
    return rule.onInvoke() && shown != Phase.AWAKE;
  }

  /** Another rule; an app that was given up has another chance. */
  void rule(WakeRule next) {
    loop.runOnContext(
        run -> {
          boolean other = !next.equals(rule);
          rule = next;
          if (other) {
            turns.forget();
            show("");
          }
        });
  }

  /** The instance that holds the app's subscriptions while it is away; replaces the one before. */
  public Keeper keptBy(AppInstance instance) {
    Keeper made = new Keeper(vertx, instance, this::signal);
    loop.runOnContext(
        run -> {
          Keeper before = keeper;
          keeper = made;
          kept = instance;
          show(reason);
          boolean away = awake.isEmpty();
          Future.join(made.topics(away), made.clocks(away))
              .compose(held -> before == null ? Future.succeededFuture() : missed(before, made))
              .onFailure(bug -> log("holding subscriptions failed: " + bug));
        });
    return made;
  }

  private static Future<Void> missed(Keeper before, Keeper now) {
    return before.takeMissed().onSuccess(now::missed).mapEmpty();
  }

  private void log(String line) {
    AppInstance known = kept;
    if (known != null) {
      known.log().warn(SCOPE, line);
    }
  }

  /** An instance's app is there, and is about to get what comes: clocks are its own now. */
  Future<Void> coming(AppInstance instance) {
    return onLoop(
        () -> {
          if (!awake.contains(instance)) {
            awake.add(instance);
          }
          Keeper known = keeper;
          return known == null
              ? Future.succeededFuture()
              : Keeper.within(known.clocks(false), HANDOVER_MILLIS);
        });
  }

  /**
   * Its subscriptions have begun: the others are let go, and it gets what clocks said meanwhile.
   */
  Future<Void> came(AppInstance instance, Handover.Clocks itsClocks) {
    return onLoop(
        () -> {
          if (!awake.contains(instance)) {
            return Future.succeededFuture(); // gone again
          }
          endTimer();
          boolean first = turns.phase() != Phase.AWAKE;
          turns.awake(System.nanoTime());
          show("");
          waiting.go();
          Keeper known = keeper;
          if (!first || known == null) {
            return Future.succeededFuture();
          }
          logInfo("the app is there: its subscriptions are its own");
          return Keeper.within(known.topics(false), HANDOVER_MILLIS)
              .compose(let -> known.takeMissed())
              .onSuccess(events -> events.forEach(itsClocks::missed))
              .mapEmpty();
        });
  }

  private void logInfo(String line) {
    AppInstance known = kept;
    if (known != null) {
      known.log().info(SCOPE, line);
    }
  }

  /** An instance's app is going: if it is the last, its subscriptions are held before they end. */
  Future<Void> going(AppInstance instance) {
    return onLoop(
        () -> {
          Keeper known = keeper;
          return known != null && !closed && awake.size() == 1 && awake.contains(instance)
              ? Keeper.within(known.topics(true), HANDOVER_MILLIS)
              : Future.succeededFuture();
        });
  }

  /** It has gone. */
  Future<Void> gone(AppInstance instance) {
    return onLoop(
        () -> {
          awake.remove(instance);
          if (!awake.isEmpty() || closed) {
            return Future.succeededFuture();
          }
          turns.asleep(rule, System.nanoTime());
          show(turns.failures() == 0 ? "" : "the app went away as soon as it came");
          logInfo("the app is away: what it listens to is held for it");
          Keeper known = keeper;
          return known == null
              ? Future.succeededFuture()
              : Keeper.within(
                  Future.join(known.topics(true), known.clocks(true)).mapEmpty(), HANDOVER_MILLIS);
        });
  }

  private <T> Future<T> onLoop(java.util.function.Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    loop.runOnContext(
        run -> {
          try {
            work.get().onComplete(promise);
          } catch (RuntimeException bug) {
            promise.fail(bug);
          }
        });
    return promise.future();
  }

  /** Something waits for the app. */
  void signal(String what) {
    loop.runOnContext(run -> wake(what));
  }

  /** Wakes the app for a call; done when it is there, fails when it does not come in time. */
  public Future<Void> awaken() {
    Promise<Void> promise = Promise.promise();
    loop.runOnContext(
        run -> {
          if (turns.phase() == Phase.AWAKE) {
            promise.complete();
          } else if (turns.phase() == Phase.GIVEN_UP || closed || !waiting.add(promise)) {
            promise.fail("the app is not there");
          } else {
            wake("it is called");
          }
        });
    return promise
        .future()
        .timeout(rule.startSeconds(), TimeUnit.SECONDS)
        .onFailure(late -> loop.runOnContext(run -> waiting.remove(promise)));
  }

  private void wake(String what) {
    WakeRule now = rule;
    WakeRule.Hook hook = now.hook();
    AppInstance by = kept;
    if (closed || hook == null || by == null || !awake.isEmpty()) {
      return;
    }
    long wait = turns.wait(now, System.nanoTime());
    if (wait > 0) { // who waits is heard again; a call is not
      if (!waiting.isEmpty() && timer < 0) {
        timer = vertx.setTimer(wait / 1_000_000 + 1, due -> againFor(what));
      }
      return;
    }
    if (wait < 0) {
      return;
    }
    turns.calling(System.nanoTime());
    wakes.incrementAndGet();
    show("");
    by.log().info(SCOPE, "waking the app: " + what);
    calling =
        Thread.ofVirtual()
            .name("wake")
            .start(
                () -> {
                  WakeHooks.Outcome outcome =
                      hooks.call(now, hook, environment, app, what, by.log());
                  loop.runOnContext(run -> called(now, outcome));
                });
  }

  private void endTimer() {
    vertx.cancelTimer(timer);
    timer = -1;
  }

  private void againFor(String what) {
    timer = -1;
    loop.runOnContext(run -> wake(what));
  }

  private void called(WakeRule now, WakeHooks.Outcome outcome) {
    calling = null;
    if (turns.phase() != Phase.WAKING) {
      return; // it came meanwhile
    }
    if (outcome.problem().isEmpty()) {
      awaitStart(now);
    } else {
      failed(outcome.problem(), outcome.fault());
    }
  }

  /** An instance opens whose app is to come, whoever started it: nobody else needs to. */
  void expected() {
    loop.runOnContext(
        run -> {
          if (turns.phase() == Phase.ASLEEP && awake.isEmpty() && !closed) {
            turns.expected(System.nanoTime());
            show("");
            awaitStart(rule);
          }
        });
  }

  private void awaitStart(WakeRule now) {
    endTimer();
    timer =
        vertx.setTimer(
            TimeUnit.SECONDS.toMillis(now.startSeconds()),
            late ->
                loop.runOnContext(
                    run -> {
                      timer = -1;
                      failed("no instance came within " + now.startSeconds() + " s", true);
                    }));
  }

  /**
   * @param counts toward those after which it is given up
   */
  private void failed(String problem, boolean counts) {
    if (turns.phase() != Phase.WAKING || closed) {
      return;
    }
    if (counts) {
      turns.failed(rule);
    } else {
      turns.notTried();
    }
    failed.incrementAndGet();
    AppInstance by = kept;
    boolean over = turns.phase() == Phase.GIVEN_UP;
    String text = over ? "given up after " + turns.failures() + " attempts: " + problem : problem;
    show(text);
    if (by != null) {
      by.log().log(
          over ? InstanceLog.Level.ERROR : InstanceLog.Level.WARN,
          SCOPE,
          "waking the app failed, " + text);
    }
    if (over) {
      waiting.fail("the app does not come");
    } else if (!waiting.isEmpty()) {
      wake("it is called");
    }
  }

  /** Tells the world how it is doing. */
  private void show(String why) {
    shown = turns.phase();
    reason = why;
    AppInstance by = kept;
    if (by == null) {
      return;
    }
    by.extendedMetadata().put(PART, why.isEmpty() ? shown.word() : shown.word() + ": " + why);
    if (shown == Phase.GIVEN_UP) {
      by.health().notReady(PART);
    } else {
      by.health().ready(PART);
    }
  }

  /** The app is not declared any more. */
  void close() {
    loop.runOnContext(
        run -> {
          closed = true;
          endTimer();
          waiting.fail("the app is not there");
          Thread running = calling;
          if (running != null) {
            running.interrupt();
          }
          Keeper known = keeper;
          if (known != null) {
            known.close();
          }
        });
  }

  /** Instances that were there before it was declared. */
  void alreadyAwake(List<AppInstance> instances) {
    loop.runOnContext(
        run -> {
          awake.addAll(instances);
          if (!awake.isEmpty()) {
            turns.awake(System.nanoTime());
            show("");
          }
        });
  }

  @Override
  public String toString() {
    return "Sleeper[" + app + " " + shown.word() + "]";
  }
}
