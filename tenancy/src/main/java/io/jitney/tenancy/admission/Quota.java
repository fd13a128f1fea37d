package io.jitney.tenancy.admission;

/**
 * What a tenant may use. Zero or less means unlimited for that part.
 *
 * @param ratePerSecond calls per second in the long run; fractions are fine (0.5 is one call in two
 *     seconds). At most 1,000,000,000
 * @param burst calls that may come at once after a quiet time; needs a rate. Zero or less with a
 *     rate means one second's worth, at least 1. At most 1,000,000,000
 * @param maxInFlight calls of the app, streams included, that may be open at one time
 * @param maxUnary of these, unary calls
 * @param maxStreams of these, streams
 * @param maxDeliveries calls that the daemon makes to the app at one time
 * @param maxBytesInFlight bytes of request bodies that may be held at one time
 * @param maxBodySize bytes that one request body may have
 */
public record Quota(
    double ratePerSecond,
    long burst,
    int maxInFlight,
    int maxUnary,
    int maxStreams,
    int maxDeliveries,
    long maxBytesInFlight,
    long maxBodySize) {

  /** No limit at all. */
  public static final Quota UNLIMITED = new Quota(0, 0, 0);

  // A token per nanosecond is the finest that a bucket can tell apart.
  private static final long MAX_RATE = 1_000_000_000L;

  // A call in 31 years: anything slower is a slip of the pen, and would overflow the refill period.
  private static final double MIN_RATE = 1e-9;

  /**
   * Throws {@link IllegalArgumentException} naming the field at fault. Parts without a limit become
   * 0, and a burst left out becomes the number it stands for, so that equal quotas are equal.
   */
  public Quota {
    if (!Double.isFinite(ratePerSecond)) {
      throw new IllegalArgumentException("ratePerSecond must be a number, not " + ratePerSecond);
    }
    if (ratePerSecond > MAX_RATE) {
      throw new IllegalArgumentException(
          "ratePerSecond must be at most " + MAX_RATE + ", not " + ratePerSecond);
    }
    if (ratePerSecond > 0 && ratePerSecond < MIN_RATE) {
      throw new IllegalArgumentException(
          "ratePerSecond must be at least " + MIN_RATE + " or 0 (unlimited), not " + ratePerSecond);
    }
    if (burst > MAX_RATE) {
      throw new IllegalArgumentException("burst must be at most " + MAX_RATE + ", not " + burst);
    }
    if (ratePerSecond <= 0 && burst > 0) {
      throw new IllegalArgumentException(
          "burst is " + burst + " but ratePerSecond is not set: a burst alone limits nothing");
    }
    ratePerSecond = Math.max(0, ratePerSecond);
    if (burst <= 0) {
      burst = (long) Math.ceil(ratePerSecond);
    }
    maxInFlight = Math.max(0, maxInFlight);
    maxUnary = Math.max(0, maxUnary);
    maxStreams = Math.max(0, maxStreams);
    maxDeliveries = Math.max(0, maxDeliveries);
    maxBytesInFlight = Math.max(0, maxBytesInFlight);
    maxBodySize = Math.max(0, maxBodySize);
  }

  /** Rate and calls in flight of all kinds; no limits besides. */
  public Quota(double ratePerSecond, long burst, int maxInFlight) {
    this(ratePerSecond, burst, maxInFlight, 0, 0, 0, 0, 0);
  }

  public boolean limitsRate() {
    return ratePerSecond > 0;
  }

  public boolean limitsInFlight() {
    return maxInFlight > 0;
  }
}
