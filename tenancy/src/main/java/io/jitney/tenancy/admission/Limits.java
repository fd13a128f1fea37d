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

/** A quota made ready for calls: swapped whole when the quota changes. */
final class Limits {
  // Nobody knows when a call in flight will end. A second is the least that HTTP's Retry-After
  // can say.
  private static final long RETRY_IN_FLIGHT_MILLIS = 1_000;

  private final Quota quota;
  private final @Nullable Bucket rate;

  // The refusals, made beforehand: refusing must cost next to nothing.
  private final String rateInWords;
  private final String rateValue;
  private final Refused inFlight;
  private final Refused unary;
  private final Refused streams;
  private final Refused deliveries;
  private final Refused bytes;
  private final Refused body;
  private final Refused neverFits;

  static Limits of(Quota quota, TimeMeter clock) {
    return new Limits(quota, quota.limitsRate() ? bucket(quota, clock) : null);
  }

  private Limits(Quota quota, @Nullable Bucket rate) {
    this.quota = quota;
    this.rate = rate;
    this.rateValue = BigDecimal.valueOf(quota.ratePerSecond()).stripTrailingZeros().toPlainString();
    this.rateInWords = rateValue + " calls per second (burst " + quota.burst() + ")";
    this.inFlight = full(Reason.IN_FLIGHT, quota.maxInFlight(), "calls in flight");
    this.unary = full(Reason.UNARY_IN_FLIGHT, quota.maxUnary(), "unary calls in flight");
    this.streams = full(Reason.STREAMS, quota.maxStreams(), "open streams");
    this.deliveries = full(Reason.DELIVERIES, quota.maxDeliveries(), "deliveries in flight");
    this.bytes = full(Reason.BYTES, quota.maxBytesInFlight(), "bytes in flight");
    this.body = full(Reason.BODY_SIZE, quota.maxBodySize(), "bytes of a request body");
    this.neverFits = full(Reason.BODY_SIZE, quota.maxBytesInFlight(), "bytes in flight");
  }

  private static Refused full(Reason reason, long most, String ofWhat) {
    String value = Long.toString(most);
    return new Refused(reason, value + " " + ofWhat, value, RETRY_IN_FLIGHT_MILLIS);
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

  Quota quota() {
    return quota;
  }

  boolean takeToken() {
    return rate == null || rate.tryConsume(1);
  }

  boolean hasNoToken() {
    return rate != null && rate.getAvailableTokens() < 1;
  }

  void giveTokenBack() {
    if (rate != null) {
      rate.addTokens(1);
    }
  }

  Refused refuseByRate() {
    long nanos = rate == null ? 0 : rate.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
    return new Refused(Reason.RATE, rateInWords, rateValue, millis);
  }

  Refused refuseByInFlight() {
    return inFlight;
  }

  long most(CallKind kind) {
    return switch (kind) {
      case UNARY -> quota.maxUnary();
      case STREAM -> quota.maxStreams();
      case DELIVERY -> quota.maxDeliveries();
    };
  }

  Refused refuse(CallKind kind) {
    return switch (kind) {
      case UNARY -> unary;
      case STREAM -> streams;
      case DELIVERY -> deliveries;
    };
  }

  /** What speaks against a body of that size whatever else is going on; null: nothing. */
  @Nullable Refused tooLarge(long size) {
    if (quota.maxBodySize() > 0 && size > quota.maxBodySize()) {
      return body;
    }
    return quota.maxBytesInFlight() > 0 && size > quota.maxBytesInFlight() ? neverFits : null;
  }

  Refused refuseByBytes() {
    return bytes;
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
