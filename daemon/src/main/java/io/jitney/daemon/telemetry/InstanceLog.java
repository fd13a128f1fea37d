package io.jitney.daemon.telemetry;

import io.jitney.components.spi.ComponentLog;
import java.util.Map;

/**
 * The log of one app instance, in daprd's text or JSON format. Never blocks: lines go to a bounded
 * sink. Secrets must not be passed.
 */
public interface InstanceLog {
  /**
   * One line.
   *
   * @param level of the line
   * @param scope logger name as daprd's, {@code dapr.runtime} for example
   */
  void log(Level level, String scope, String message);

  /**
   * One line with additional fields (API logging): texts, and numbers, which stay numbers in JSON.
   */
  void log(Level level, String scope, String message, Map<String, ?> fields);

  boolean enabled(Level level);

  /** Whether a line of this scope would be written: API lines are, whatever the level asks for. */
  default boolean enabled(Level level, String scope) {
    return enabled(level);
  }

  default void debug(String scope, String message) {
    log(Level.DEBUG, scope, message);
  }

  default void info(String scope, String message) {
    log(Level.INFO, scope, message);
  }

  default void warn(String scope, String message) {
    log(Level.WARN, scope, message);
  }

  default void error(String scope, String message) {
    log(Level.ERROR, scope, message);
  }

  /**
   * The log as a component sees it.
   *
   * @param component its name as daprd logs it, {@code name (type/version)}
   */
  default ComponentLog forComponent(String component) {
    Map<String, String> field = Map.of("component", component);
    return new ComponentLog() {
      private static final String SCOPE = "dapr.contrib";

      @Override
      public void debug(String message) {
        log(Level.DEBUG, SCOPE, message, field);
      }

      @Override
      public void info(String message) {
        log(Level.INFO, SCOPE, message, field);
      }

      @Override
      public void warn(String message) {
        log(Level.WARN, SCOPE, message, field);
      }

      @Override
      public void error(String message) {
        log(Level.ERROR, SCOPE, message, field);
      }
    };
  }

  /** Severity; FATAL only reports, ending the instance is the caller's doing. */
  enum Level {
    DEBUG("debug"),
    INFO("info"),
    WARN("warning"),
    ERROR("error"),
    FATAL("fatal");

    private final String word;

    Level(String word) {
      this.word = word;
    }

    /** As logrus prints it. */
    public String word() {
      return word;
    }
  }
}
