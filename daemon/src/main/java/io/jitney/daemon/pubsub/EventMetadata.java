package io.jitney.daemon.pubsub;

import io.jitney.components.spi.GoText;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the runtime reads in the metadata of an event; all of it goes to the broker as well. */
final class EventMetadata {
  private static final String RAW_PAYLOAD = "rawPayload";
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private EventMetadata() {}

  /** A {@code rawPayload} that is no boolean. */
  static final class NoBoolean extends Exception {
    private static final long serialVersionUID = 1L;

    NoBoolean(String value) {
      super(
          "rawPayload value must be a valid boolean: actual is '" + value + "'",
          null,
          false,
          false);
    }
  }

  /** Whether the data go out as they are; the name counts by exact case. */
  static boolean isRaw(Map<String, String> metadata) throws NoBoolean {
    String value = metadata.isEmpty() ? null : metadata.get(RAW_PAYLOAD);
    if (value == null || value.isEmpty()) {
      return false;
    }
    try {
      return GoText.parseBool(value);
    } catch (GoText.Unreadable none) {
      throw new NoBoolean(value);
    }
  }

  /** How long the event is good for; null when nothing readable says so. */
  static @Nullable Duration timeToLive(Map<String, String> metadata) {
    if (metadata.isEmpty()) {
      return null;
    }
    String value = find(metadata, "ttl");
    if (value == null || value.isEmpty()) {
      value = find(metadata, "ttlInSeconds");
    }
    if (value == null || value.isEmpty()) {
      return null;
    }
    try {
      Duration duration = GoText.parseDuration(value);
      return duration.isNegative() ? Duration.ZERO : duration;
    } catch (GoText.Unreadable noDuration) {
      return seconds(value);
    }
  }

  private static @Nullable Duration seconds(String value) {
    try {
      long seconds = GoText.parseInt(value);
      return seconds <= 0
          ? null
          : seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds(seconds);
    } catch (GoText.Unreadable none) {
      return null;
    }
  }

  /** A value by its name in any case, the exact name first. */
  static @Nullable String find(Map<String, String> metadata, String name) {
    if (metadata.isEmpty()) {
      return null;
    }
    String exact = metadata.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    return null;
  }
}
