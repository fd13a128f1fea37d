package io.jitney.components.pubsub.redis;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.StrictMetadata;
import java.time.Duration;

/**
 * How streams are written and read.
 *
 * @param consumer name of the group and of the consumer in it
 * @param processingTimeout how long an entry may be pending before somebody else may claim it; zero
 *     or less: for ever
 * @param redeliverInterval between two looks for such entries; zero: none
 * @param queueDepth entries of one subscription that are read ahead at most
 * @param concurrency entries of the component that are handled at one time
 * @param maxLength where publishing cuts streams off, about; 0: nowhere
 * @param maxAge after which publishing drops entries, about; zero: never
 */
record StreamSettings(
    String consumer,
    Duration processingTimeout,
    Duration redeliverInterval,
    int queueDepth,
    int concurrency,
    long maxLength,
    Duration maxAge) {
  private static final int MOST_AHEAD = 10_000;
  private static final int MOST_AT_ONCE = 10_000;

  static StreamSettings of(Metadata properties) {
    StrictMetadata metadata = new StrictMetadata(properties);
    Duration processingTimeout = metadata.duration("processingTimeout", Duration.ofSeconds(60));
    long queueDepth = metadata.integer("queueDepth", 100);
    long concurrency = metadata.integer("concurrency", 10);
    long maxLength = metadata.integer("maxLenApprox", 0);
    Duration maxAge = metadata.duration("streamTTL", Duration.ZERO);
    metadata.check("redis client configuration error: decode failed. ");
    String consumer = properties.exact("consumerID"); // by exact case, as daprd reads it
    if (consumer == null || consumer.isEmpty()) {
      throw new ComponentException.Failed("redis streams error: missing consumerID");
    }
    return new StreamSettings(
        consumer,
        processingTimeout,
        redeliverInterval(properties),
        Math.clamp(queueDepth, 1, MOST_AHEAD),
        Math.clamp(concurrency, 1, MOST_AT_ONCE),
        Math.max(maxLength, 0),
        maxAge.isNegative() ? Duration.ZERO : maxAge);
  }

  /** Milliseconds; what is no number is passed over, as in daprd. */
  private static Duration redeliverInterval(Metadata properties) {
    try {
      return Duration.ofMillis(GoText.parseInt(properties.get("redeliverInterval", "15000")));
    } catch (GoText.Unreadable e) {
      return Duration.ofSeconds(15);
    }
  }

  boolean redelivers() {
    return processingTimeout.isPositive() && redeliverInterval.isPositive();
  }
}
