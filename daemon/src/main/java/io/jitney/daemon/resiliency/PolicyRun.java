package io.jitney.daemon.resiliency;

import io.jitney.daemon.resiliency.PolicyMetrics.Part;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call under its policy. The first is made where {@link #begin} is called, all
 * else happens in the caller's context (on its event loop), {@link #cancel} included.
 *
 * @param <T> what the call brings
 */
public final class PolicyRun<T> {
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final ContextInternal home;
  private final Policy policy;
  private final ToIntFunction<Throwable> codes;
  private final Supplier<Future<T>> attempt;
  private final Promise<T> promise = Promise.promise();
  private final long begunNanos = System.nanoTime();
  private long retries;
  private long waiting = NO_TIMER;
  private boolean over;
  private boolean late;
  private Runnable abandoned = () -> {};

  PolicyRun(
      Vertx vertx, Policy policy, ToIntFunction<Throwable> codes, Supplier<Future<T>> attempt) {
    this.vertx = vertx;
    this.home = (ContextInternal) vertx.getOrCreateContext();
    this.policy = policy;
    this.codes = codes;
    this.attempt = attempt;
  }

  /** What is to be done with an attempt that took too long; before {@link #begin}. */
  public PolicyRun<T> onTimeout(Runnable abandon) {
    abandoned = abandon;
    return this;
  }

  /** What the last attempt brought. */
  public Future<T> result() {
    return promise.future();
  }

  /** How often the call was repeated so far. */
  public long retries() {
    return retries;
  }

  /** Ends the call with {@code why}: no attempt follows; what runs is not waited for. */
  public void cancel(Throwable why) {
    atHome(
        () -> {
          end();
          promise.tryFail(why);
        });
  }

  private void end() {
    over = true;
    if (waiting != NO_TIMER) {
      vertx.cancelTimer(waiting);
      waiting = NO_TIMER;
    }
  }

  /** Makes the first attempt. */
  public PolicyRun<T> begin() {
    count();
    attempt();
    return this;
  }

  private void count() {
    PolicyMeter meter = policy.meter();
    if (policy.timeout().isPositive()) {
      meter.used(Part.TIMEOUT, "");
    }
    if (policy.retry() != null) {
      meter.used(Part.RETRY, "");
    }
    CircuitBreaker breaker = policy.breaker();
    if (breaker != null) {
      meter.used(Part.CIRCUIT_BREAKER, breaker.state().word());
    }
  }

  private void attempt() {
    CircuitBreaker breaker = policy.breaker();
    long generation = 0;
    if (breaker != null) {
      try {
        generation = breaker.before();
      } catch (BreakerOpenException open) {
        end();
        promise.tryFail(open);
        return;
      }
    }
    long let = generation;
    timed().onComplete(done -> atHome(() -> attempted(breaker, let, done)));
  }

  private void atHome(Runnable step) {
    if (home.inThread()) {
      step.run();
    } else {
      home.runOnContext(moved -> step.run());
    }
  }

  private void attempted(@Nullable CircuitBreaker breaker, long generation, AsyncResult<T> done) {
    if (breaker != null) {
      CircuitBreaker.State changed = breaker.after(generation, done.succeeded());
      if (changed != null) {
        policy.meter().activated(Part.CIRCUIT_BREAKER, changed.word());
      }
    }
    if (over) {
      return;
    }
    if (done.succeeded()) {
      end();
      promise.tryComplete(done.result());
      return;
    }
    long wait = waitMillis(done.cause());
    if (wait < 0) {
      end();
      promise.tryFail(done.cause());
    } else if (wait == 0) {
      again();
    } else {
      waiting = home.setTimer(wait, late -> again());
    }
  }

  private void again() {
    waiting = NO_TIMER;
    if (!over) {
      if (retries++ == 0) {
        policy.meter().activated(Part.RETRY, "");
      }
      attempt();
    }
  }

  private long waitMillis(Throwable failure) {
    RetryPolicy retry = policy.retry();
    if (retry == null
        || failure instanceof BreakerOpenException
        || !retry.match().matches(codes.applyAsInt(failure))) {
      return -1;
    }
    long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    return retry.waitMillis(retries + 1, elapsed, ThreadLocalRandom.current().nextDouble());
  }

  private Future<T> timed() {
    Future<T> result;
    try {
      result = attempt.get();
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
    long millis = policy.timeout().toMillis();
    return millis <= 0 || result.isComplete() ? result : new Timed(result, millis).first.future();
  }

  /** What comes first of an attempt: its result or its time-out. */
  private final class Timed {
    private final Promise<T> first = Promise.promise();
    private boolean settled;

    Timed(Future<T> result, long millis) {
      long timer = home.setTimer(millis, passed -> expire());
      result.onComplete(
          done ->
              atHome(
                  () -> {
                    vertx.cancelTimer(timer);
                    settle(done);
                  }));
    }

    private void settle(AsyncResult<T> done) {
      if (settled) {
        return; // too late: discarded
      }
      settled = true;
      if (done.succeeded()) {
        first.complete(done.result());
      } else {
        first.fail(done.cause());
      }
    }

    private void expire() {
      if (settled) {
        return;
      }
      settled = true;
      if (!late) {
        late = true;
        policy.meter().activated(Part.TIMEOUT, "");
      }
      abandoned.run(); // before anything else is begun for the call
      first.fail(new AttemptTimeoutException());
    }
  }
}
