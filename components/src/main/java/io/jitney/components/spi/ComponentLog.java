package io.jitney.components.spi;

/**
 * The log of the app instance a component was opened for. Never blocks; callers must not pass
 * secrets.
 */
public interface ComponentLog {
  void debug(String message);

  void info(String message);

  void warn(String message);

  void error(String message);
}
