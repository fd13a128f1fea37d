package io.jitney.daemon.telemetry;

import io.jitney.components.spi.ComponentLog;

/**
 * The log of one app instance, in daprd's text or JSON format. Never blocks: lines go to a bounded sink. Secrets must
 * not be passed.
 */
public interface InstanceLog {
  /**
   * One line.
   *
   * @param level of the line
   * @param scope logger name as daprd's, {@code dapr.runtime} for example
   */
  void log(Level level, String scope, String message);

  /** One line with additional fields (API logging); text values only, in the order given. */
  void log(Level level, String scope, String message, java.util.Map<String, String> fields);

  boolean enabled(Level level);

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

  /** The log as a component named {@code component} sees it. */
  default ComponentLog forComponent(String component) {
    return new ComponentLog() {
      private static final String SCOPE = "dapr.contrib";

      @Override
      public void debug(String message) {
        log(Level.DEBUG, SCOPE, message);
      }

      @Override
      public void info(String message) {
        log(Level.INFO, SCOPE, message);
      }

      @Override
      public void warn(String message) {
        log(Level.WARN, SCOPE, message);
      }

      @Override
      public void error(String message) {
        log(Level.ERROR, SCOPE, message);
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
