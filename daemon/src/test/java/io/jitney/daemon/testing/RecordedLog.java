package io.jitney.daemon.testing;

import io.jitney.daemon.telemetry.InstanceLog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log of an instance that keeps its lines. */
public final class RecordedLog implements InstanceLog {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public void log(Level level, String scope, String message) {
    log(level, scope, message, Map.of());
  }

  @Override
  public void log(Level level, String scope, String message, Map<String, ?> fields) {
    lines.add(
        "level="
            + level.word()
            + " msg=\""
            + message
            + "\" scope="
            + scope
            + (fields.isEmpty() ? "" : " " + fields));
  }

  @Override
  public boolean enabled(Level level) {
    return level != Level.DEBUG;
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }
}
