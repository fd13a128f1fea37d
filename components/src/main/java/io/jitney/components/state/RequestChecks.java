package io.jitney.components.state;

import io.jitney.components.spi.ComponentException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** What every store checks or makes in the same way. */
public final class RequestChecks {
  /** Exact case: other spellings are no TTL. */
  public static final String TTL = "ttlInSeconds";

  private RequestChecks() {}

  /** Fails for words that Dapr does not know. */
  public static void options(StateOptions options) {
    switch (options.consistency()) {
      case "", "strong", "eventual" -> {}
      default ->
          throw new ComponentException.Failed(
              "unrecognized consistency model '" + options.consistency() + "'");
    }
    switch (options.concurrency()) {
      case "", "first-write", "last-write" -> {}
      default ->
          throw new ComponentException.Failed(
              "unrecognized concurrency model '" + options.concurrency() + "'");
    }
  }

  /**
   * A random ETag in UUID form. It only has to differ from others, so it costs no secure
   * randomness.
   */
  public static String randomEtag() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (random.nextLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L;
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }
}
