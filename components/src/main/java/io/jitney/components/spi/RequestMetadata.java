package io.jitney.components.spi;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What several components read of a request's metadata, as daprd reads it. Pure functions. */
public final class RequestMetadata {
  private static final int HIGHEST_PRIORITY = 255;
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private RequestMetadata() {}

  /** The value under the name, exactly so or in any case; null where there is none or it is "". */
  public static @Nullable String any(Map<String, String> metadata, String name) {
    String exact = metadata.getOrDefault(name, "");
    if (!exact.isEmpty()) {
      return exact;
    }
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name) && !entry.getValue().isEmpty()) {
        return entry.getValue();
      }
    }
    return null;
  }

  /**
   * {@code ttl} or {@code ttlInSeconds}: a Go duration, or seconds; null where there is none. A
   * duration may be none at all: over at once. A negative one counts so.
   */
  public static @Nullable Duration timeToLive(Map<String, String> metadata) {
    String text = any(metadata, "ttl");
    if (text == null) {
      text = any(metadata, "ttlInSeconds");
    }
    if (text == null) {
      return null;
    }
    try {
      Duration duration = GoText.parseDuration(text);
      return duration.isNegative() ? Duration.ZERO : duration;
    } catch (GoText.Unreadable noDuration) {
      return seconds(text);
    }
  }

  private static Duration seconds(String text) {
    long seconds;
    try {
      seconds = GoText.parseInt(text);
    } catch (GoText.Unreadable unreadable) {
      throw new ComponentException.Failed(
          "ttl value must be a valid integer: actual is '" + text + "'");
    }
    if (seconds <= 0) {
      throw new ComponentException.Failed(
          "ttl value must be higher than zero: actual is '" + text + "'");
    }
    return seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds(seconds);
  }

  /** {@code priority}, 0 to 255; null where there is none. */
  public static @Nullable Integer priority(Map<String, String> metadata) {
    String text = any(metadata, "priority");
    if (text == null) {
      return null;
    }
    try {
      return Math.clamp(GoText.parseInt(text), 0, HIGHEST_PRIORITY);
    } catch (GoText.Unreadable unreadable) {
      throw new ComponentException.Failed(
          "priority value must be a valid integer: actual is '" + text + "'");
    }
  }
}
