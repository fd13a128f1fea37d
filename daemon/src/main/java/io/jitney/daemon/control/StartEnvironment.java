package io.jitney.daemon.control;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment that {@code bin/jitney} was started with, which is what a private daemon's tenant
 * may see. The start script changes one variable for Java's own sake (by the locale {@code C}, an
 * empty environment's, Java reads no file name beyond ASCII) and tells the value before in a system
 * property.
 */
public final class StartEnvironment {
  static final String LC_ALL_BEFORE = "jitney.lc-all";

  private StartEnvironment() {}

  /** An unmodifiable map. Holds the app's secrets. */
  public static Map<String, String> variables() {
    return variables(System.getenv(), System.getProperty(LC_ALL_BEFORE));
  }

  static Map<String, String> variables(Map<String, String> now, @Nullable String lcAllBefore) {
    if (lcAllBefore == null) {
      return now;
    }
    Map<String, String> before = new LinkedHashMap<>(now);
    if (lcAllBefore.isEmpty()) {
      before.remove("LC_ALL");
    } else {
      before.put("LC_ALL", lcAllBefore);
    }
    return Collections.unmodifiableMap(before);
  }
}
