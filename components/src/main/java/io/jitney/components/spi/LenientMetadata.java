package io.jitney.components.spi;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Metadata as most of Dapr's components decode it: names in any case, aliases, truthy words for
 * booleans (anything else is false), bare numbers as seconds, empty durations and numbers as zero.
 *
 * <p>{@link StrictMetadata} is the other decoder. Fails with {@link ComponentException.Failed} and
 * daprd's message.
 */
public final class LenientMetadata {
  private final Metadata metadata;

  public LenientMetadata(Metadata metadata) {
    this.metadata = metadata;
    Set<String> names = new HashSet<>();
    for (String name : metadata.properties().keySet()) {
      String folded = name.toLowerCase(Locale.ROOT);
      if (!names.add(folded)) {
        throw new ComponentException.Failed(
            "failed to resolve aliases: key " + folded + " is duplicate in the metadata");
      }
    }
  }

  /** The value under the name, else under the first alias that has one. */
  public @Nullable String text(String name, String... aliases) {
    String value = metadata.get(name);
    for (int i = 0; value == null && i < aliases.length; i++) {
      value = metadata.get(aliases[i]);
    }
    return value;
  }

  public boolean truthy(String name) {
    String value = metadata.get(name);
    return value != null && GoText.isTruthy(value);
  }

  public Duration duration(String name, Duration otherwise, String... aliases) {
    String value = text(name, aliases);
    if (value == null) {
      return otherwise;
    }
    if (value.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      return Duration.ofSeconds(GoText.parseInt(value));
    } catch (GoText.Unreadable notSeconds) {
      try {
        return GoText.parseDuration(value);
      } catch (GoText.Unreadable e) {
        throw failed("error decoding '" + name + "': " + e.getMessage());
      }
    }
  }

  /** A decimal number; empty reads as zero. */
  public long integer(String name, long otherwise) {
    String value = metadata.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value.isEmpty()) {
      return 0;
    }
    try {
      return GoText.parseInt(value);
    } catch (GoText.Unreadable e) {
      throw failed("cannot parse '" + name + "' as int: " + e.getMessage());
    }
  }

  private static ComponentException failed(String problem) {
    return new ComponentException.Failed("1 error(s) decoding:\n\n* " + problem);
  }
}
