package io.jitney.daemon.resiliency;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one target has of timeouts, retries and circuit breaking. Nested from the outside: retry (
 * circuit breaker ( timeout ( attempt ))).
 *
 * <p>Threads: any; begun on an event loop, attempts and the result come on it too.
 */
public final class Policy {
  /** One attempt, without a limit of its own. */
  public static final Policy NONE = new Policy(Duration.ZERO, null, null);

  private final Duration timeout;
  private final @Nullable RetryPolicy retry;
  private final @Nullable CircuitBreaker breaker;
  private final PolicyMeter meter;

  /**
   * @param timeout of each attempt; zero: none
   */
  Policy(
      Duration timeout,
      @Nullable RetryPolicy retry,
      @Nullable CircuitBreaker breaker,
      PolicyMeter meter) {
    this.timeout = timeout;
    this.retry = retry;
    this.breaker = breaker;
    this.meter = meter;
  }

  Policy(Duration timeout, @Nullable RetryPolicy retry, @Nullable CircuitBreaker breaker) {
    this(timeout, retry, breaker, PolicyMeter.NONE);
  }

  PolicyMeter meter() {
    return meter;
  }

  Duration timeout() {
    return timeout;
  }

  @Nullable RetryPolicy retry() {
    return retry;
  }

  @Nullable CircuitBreaker breaker() {
    return breaker;
  }

  /** Whether running something under it differs from just doing it. */
  public boolean isNone() {
    return timeout.isZero() && retry == null && breaker == null;
  }

  /** The same without repetitions: for calls whose input can be sent only once. */
  public Policy once() {
    return retry == null ? this : new Policy(timeout, null, breaker, meter);
  }

  /** Whether attempts may be repeated, for which their input has to be kept. */
  public boolean repeats() {
    return retry != null;
  }

  /**
   * How long to wait before a repetition, by somebody who repeats without this class.
   *
   * @param repetition from 1
   * @return milliseconds; -1: no further one
   */
  public long waitMillis(long repetition) {
    return retry == null
        ? -1
        : retry.waitMillis(repetition, 0, ThreadLocalRandom.current().nextDouble());
  }

  /**
   * When an attempt that begins now has to be over, {@link System#nanoTime()}; {@code otherwise}
   * without a timeout.
   */
  public long deadlineNanos(long otherwise) {
    return timeout.isPositive() ? System.nanoTime() + timeout.toNanos() : otherwise;
  }

  /**
   * Makes a run; nothing happens before {@link PolicyRun#begin}.
   *
   * @param codes the gRPC code (0-16) or HTTP status (100-599) of a failure, -1 when it has none
   * @param attempt one attempt; called again for each repetition
   */
  <T> PolicyRun<T> prepare(
      Vertx vertx, ToIntFunction<Throwable> codes, Supplier<Future<T>> attempt) {
    return new PolicyRun<>(vertx, this, codes, attempt);
  }

  /** Runs attempts until one succeeds or the policy gives up; then fails with the last failure. */
  public <T> PolicyRun<T> start(
      Vertx vertx, ToIntFunction<Throwable> codes, Supplier<Future<T>> attempt) {
    return prepare(vertx, codes, attempt).begin();
  }

  /** As {@link #start}, for what nobody takes back. */
  public <T> Future<T> run(
      Vertx vertx, ToIntFunction<Throwable> codes, Supplier<Future<T>> attempt) {
    return isNone() ? attempt.get() : start(vertx, codes, attempt).result();
  }
}
