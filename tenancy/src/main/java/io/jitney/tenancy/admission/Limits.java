package io.jitney.tenancy.admission;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.SynchronizationStrategy;
import io.jitney.tenancy.admission.Admission.Refused;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A quota made ready for calls: swapped whole when the quota changes.
 *
 * @param rate null if the rate is not limited
 * @param maxInFlight 0 if not limited
 * @param refusedByInFlight the one refusal for calls in flight, made beforehand
 */
record Limits(Quota quota, @Nullable Bucket rate, int maxInFlight, Refused refusedByInFlight) {

  // Nobody knows when a call in flight will end. A second is the least that HTTP's Retry-After
  // can say.
  private static final long RETRY_IN_FLIGHT_MILLIS = 1_000;

  static Limits of(Quota quota, TimeMeter clock) {
    return new Limits(quota, quota.limitsRate() ? bucket(quota, clock) : null);
  }

  private Limits(Quota quota, @Nullable Bucket rate) {
    this(quota, rate, quota.maxInFlight(), inFlightRefusal(quota));
  }

  /** The limits of {@code next}. The bucket is kept, so that tokens are neither lost nor new. */
  Limits changedTo(Quota next, TimeMeter clock) {
    if (rate == null || !next.limitsRate()) {
      return of(next, clock);
    }
    rate.replaceConfiguration(
        BucketConfiguration.builder().addLimit(bandwidth(next)).build(),
        TokensInheritanceStrategy.PROPORTIONALLY);
    return new Limits(next, rate);
  }

  boolean takeToken() {
    return rate == null || rate.tryConsume(1);
  }

  void giveTokenBack() {
    if (rate != null) {
      rate.addTokens(1);
    }
  }

  Refused refuseByRate() {
    long nanos = rate == null ? 0 : rate.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
    return new Refused(Reason.RATE, rateInWords(quota), millis);
  }

  private static Refused inFlightRefusal(Quota quota) {
    String limit = quota.maxInFlight() + " calls in flight";
    return new Refused(Reason.IN_FLIGHT, limit, RETRY_IN_FLIGHT_MILLIS);
  }

  private static String rateInWords(Quota quota) {
    String rate = BigDecimal.valueOf(quota.ratePerSecond()).stripTrailingZeros().toPlainString();
    return rate + " calls per second (burst " + quota.burst() + ")";
  }

  private static Bucket bucket(Quota quota, TimeMeter clock) {
    return Bucket.builder()
        .addLimit(bandwidth(quota))
        .withCustomTimePrecision(clock)
        .withSynchronizationStrategy(SynchronizationStrategy.LOCK_FREE)
        .build();
  }

  /** Tokens come one by one (greedy), not in heaps at the end of a period. */
  private static Bandwidth bandwidth(Quota quota) {
    double rate = quota.ratePerSecond();
    // Whole tokens in a period of nanoseconds: a second's worth if that is whole, a thousand
    // seconds' worth for 2.5, one token in its own time below one a second.
    long tokens;
    Duration period;
    if (rate == Math.rint(rate)) {
      tokens = (long) rate;
      period = Duration.ofSeconds(1);
    } else if (rate > 1) {
      tokens = Math.round(rate * 1_000);
      period = Duration.ofSeconds(1_000);
    } else {
      tokens = 1;
      period = Duration.ofNanos(Math.round(1e9 / rate));
    }
    return Bandwidth.builder().capacity(quota.burst()).refillGreedy(tokens, period).build();
  }
}
