package io.jitney.daemon.flags;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values of all flags, defaults included. Asking for a flag by the wrong kind, or for one that
 * does not exist, is an IllegalArgumentException: a mistake in the program, not of a user.
 */
public final class ParsedFlags {
  private final Map<String, Object> values;
  private final Set<String> given;

  ParsedFlags(Map<String, Object> values, Set<String> given) {
    this.values = Map.copyOf(values);
    this.given = Set.copyOf(given);
  }

  public String text(String name) {
    return value(name, String.class);
  }

  public boolean truth(String name) {
    return value(name, Boolean.class);
  }

  public long number(String name) {
    return value(name, Long.class);
  }

  public Duration duration(String name) {
    return value(name, Duration.class);
  }

  @SuppressWarnings("unchecked") // FlagParser puts lists of strings only
  public List<String> list(String name) {
    return value(name, List.class);
  }

  /** Whether the command line named the flag, with whatever value. */
  public boolean given(String name) {
    value(name, Object.class);
    return given.contains(name);
  }

  /** Whether the flag's value is another than its default. */
  public boolean changed(String name) {
    Flag flag = FlagTable.find(name);
    return given(name) && flag != null && !FlagParser.byDefault(flag).equals(values.get(name));
  }

  private <T> T value(String name, Class<T> kind) {
    Object value = values.get(name);
    if (!kind.isInstance(value)) {
      throw new IllegalArgumentException("no flag " + name + " of kind " + kind.getSimpleName());
    }
    return kind.cast(value);
  }
}
