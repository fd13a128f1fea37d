package io.jitney.components.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Resolved metadata of a Component resource. Look-up ignores case, as in daprd; {@link #exact} is
 * for the few properties that daprd reads by exact case. Values may be secrets: {@code toString}
 * prints names only.
 */
public final class Metadata {
  private final Map<String, String> exact;
  private final Map<String, String> folded;

  public Metadata(Map<String, String> properties) {
    exact = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    folded = new LinkedHashMap<>();
    properties.forEach((name, value) -> folded.put(name.toLowerCase(Locale.ROOT), value));
  }

  /** Value of the property, ignoring case of the name; null when absent. */
  public @Nullable String get(String name) {
    return folded.get(name.toLowerCase(Locale.ROOT));
  }

  public String get(String name, String otherwise) {
    String value = get(name);
    return value == null ? otherwise : value;
  }

  /** Value of the property named exactly so; null when absent. */
  public @Nullable String exact(String name) {
    return exact.get(name);
  }

  /** All properties under the names the resource uses. */
  public Map<String, String> properties() {
    return exact;
  }

  @Override
  public String toString() {
    return "Metadata" + exact.keySet();
  }
}
