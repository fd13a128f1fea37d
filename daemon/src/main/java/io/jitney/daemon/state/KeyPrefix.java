package io.jitney.daemon.state;

import java.util.Locale;

/**
 * What goes before a key in the store (Dapr's {@code keyPrefix} strategies), resolved for one
 * instance and component.
 *
 * @param start everything before the key, {@code a||} for app a; "" with strategy {@code none}
 * @param ofApp whether it is made to keep apps apart, not to let them share
 */
public record KeyPrefix(String start, boolean ofApp) {
  private static final String SEPARATOR = "||";

  /** Keys are stored as the app gives them. */
  public static final KeyPrefix NONE = new KeyPrefix("", false);

  /** A {@code keyPrefix} that can not be used; the message is daprd's where daprd has one. */
  public static final class Illegal extends Exception {
    private static final long serialVersionUID = 1L;

    Illegal(String message) {
      super(message, null, false, false);
    }
  }

  /** Without {@code keyPrefix}: the app id. */
  public static KeyPrefix ofAppId(String appId) {
    return new KeyPrefix(appId + SEPARATOR, true);
  }

  /**
   * Resolves the metadata property {@code keyPrefix} (its name is matched in any case).
   *
   * @param strategy the property's value after references and placeholders, in any case
   * @param namespace {@code NAMESPACE} of the instance's environment, "" when unset
   * @param componentName {@code metadata.name} of the component
   * @throws Illegal when the component must not be opened with it
   */
  public static KeyPrefix of(String strategy, String appId, String namespace, String componentName)
      throws Illegal {
    String word = strategy.toLowerCase(Locale.ROOT);
    if (!legalPrefix(word)) {
      throw new Illegal(illegalText(word));
    }
    if (word.equals("name") && !legalPrefix(componentName)) {
      throw new Illegal(illegalText(componentName));
    }
    return switch (word) {
      case "none" -> NONE;
      case "appid" -> ofAppId(appId);
      case "name" -> new KeyPrefix(componentName + SEPARATOR, false);
      case "namespace" -> ofAppId(namespace.isEmpty() ? appId : namespace + "." + appId);
      case "" -> {
        // daprd stores ||key, which every app with the same slip shares; never let that join two
        // namespaces
        if (!namespace.isEmpty()) {
          throw new Illegal(
              "keyPrefix is empty: keys of namespace "
                  + namespace
                  + " would be open to other namespaces");
        }
        yield new KeyPrefix(SEPARATOR, false);
      }
      default -> new KeyPrefix(word + SEPARATOR, false);
    };
  }

  /**
   * Whether {@code keyPrefix} was there but empty: worth a warning, all such apps share their keys.
   */
  public boolean blank() {
    return start.equals(SEPARATOR);
  }

  /** The physical key. */
  public String apply(String key) {
    return start.isEmpty() ? key : start.concat(key);
  }

  /** Whether a physical key is one of those that {@link #apply} makes of legal keys. */
  public boolean covers(String physical) {
    return physical.startsWith(start) && legal(physical.substring(start.length()));
  }

  /** The key as the app knows it: as daprd, what is between the first and the second separator. */
  public static String strip(String physical) {
    int first = physical.indexOf(SEPARATOR);
    if (first < 0) {
      return physical;
    }
    int second = physical.indexOf(SEPARATOR, first + 2);
    return second < 0 ? physical.substring(first + 2) : physical.substring(first + 2, second);
  }

  /** Whether a key or a strategy may be used at all. */
  public static boolean legal(String text) {
    return !text.contains(SEPARATOR);
  }

  /** A bar at its end and the separator would be the separator and a bar before the key. */
  private static boolean legalPrefix(String text) {
    return legal(text) && !text.endsWith("|");
  }

  /** daprd's complaint about a key or strategy that is not {@link #legal}. */
  public static String illegalText(String text) {
    return "input key/keyPrefix '" + text + "' can't contain '" + SEPARATOR + "'";
  }
}
