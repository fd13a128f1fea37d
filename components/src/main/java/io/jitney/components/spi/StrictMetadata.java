package io.jitney.components.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metadata as Dapr's Redis family decodes it: names in any case, no aliases, Go's spelling of
 * booleans and numbers and nothing else, bare numbers as milliseconds. Problems are gathered;
 * {@link #check} reports all of them at once.
 *
 * <p>{@link LenientMetadata} is the other decoder. Not thread-safe.
 */
public final class StrictMetadata {
  private interface Reader<T> {
    T read(String value) throws GoText.Unreadable;
  }

  private final Metadata metadata;
  private final List<String> problems = new ArrayList<>();

  public StrictMetadata(Metadata metadata) {
    this.metadata = metadata;
  }

  public String text(String name, String otherwise) {
    return metadata.get(name, otherwise);
  }

  public boolean bool(String name) {
    return read(name, "bool", false, GoText::parseBool);
  }

  public long integer(String name, long otherwise) {
    return read(name, "int", otherwise, GoText::parseInt);
  }

  public @Nullable Long integerOrNull(String name) {
    return metadata.get(name) == null ? null : Long.valueOf(integer(name, 0));
  }

  /** An unsigned 16-bit number, a port for example. */
  public int uint16(String name, int otherwise) {
    return read(
        name,
        "uint16",
        otherwise,
        value -> {
          long number = GoText.parseInt(value);
          boolean signed = value.startsWith("+") || value.startsWith("-");
          if (signed || number > 0xffff) {
            throw new GoText.Unreadable("out of range");
          }
          return (int) number;
        });
  }

  /** A duration; a bare negative number means "switched off" and reads as a negative duration. */
  public Duration duration(String name, Duration otherwise) {
    String value = metadata.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return Duration.ofMillis(GoText.parseInt(value));
    } catch (GoText.Unreadable notMillis) {
      try {
        return GoText.parseDuration(value);
      } catch (GoText.Unreadable e) {
        problems.add(
            "error decoding '"
                + name
                + "': invalid Duration "
                + GoText.quote(value)
                + ": "
                + e.getMessage());
        return otherwise;
      }
    }
  }

  private <T> T read(String name, String type, T otherwise, Reader<T> reader) {
    String value = metadata.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return reader.read(value);
    } catch (GoText.Unreadable e) {
      problems.add("error decoding '" + name + "': invalid " + type + " " + GoText.quote(value));
      return otherwise;
    }
  }

  /**
   * Fails when any property read so far was unreadable.
   *
   * @param prefix what the message starts with
   */
  public void check(String prefix) {
    if (problems.isEmpty()) {
      return;
    }
    Collections.sort(problems);
    throw new ComponentException.Failed(
        prefix + problems.size() + " error(s) decoding:\n\n* " + String.join("\n* ", problems));
  }
}
