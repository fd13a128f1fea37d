package io.jitney.daemon.state;

/**
 * What goes before a key in the store (Dapr's {@code keyPrefix} strategies), resolved for one instance and component.
 *
 * @param prefix {@code a} for the appid strategy of app a; null-free: "" only with {@code none}
 * @param none strategy {@code none}: keys are stored as given
 */
public record KeyPrefix(String prefix, boolean none) {
  private static final String SEPARATOR = "||";

  /** The physical key. */
  public String apply(String key) {
    return none ? key : prefix + SEPARATOR + key;
  }

  /** The key as the app knows it. */
  public String strip(String physical) {
    String[] parts = physical.split("\\|\\|", 3);
    return parts.length > 1 ? parts[1] : parts[0];
  }

  /** Whether a key or a strategy may be used at all. */
  public static boolean legal(String text) {
    return !text.contains(SEPARATOR);
  }
}
