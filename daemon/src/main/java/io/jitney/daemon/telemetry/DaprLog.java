package io.jitney.daemon.telemetry;

import io.jitney.daemon.instance.InstanceSettings.LogSettings;
import io.jitney.daemon.metadata.MetadataApi;
import io.jitney.daemon.node.ProcessFacts;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The log of one instance in daprd's text or JSON format. */
public final class DaprLog implements InstanceLog {
  private final LogSink sink;
  private final Level least;
  private final boolean json;
  private final SortedMap<String, Object> always = new TreeMap<>();

  /**
   * @param appId "" before it is known: the field is then left out
   * @param settings level and format; its file is the caller's business
   */
  public DaprLog(LogSink sink, String appId, LogSettings settings) {
    this.sink = sink;
    this.json = settings.json();
    this.least = least(settings.level());
    if (!appId.isEmpty()) {
      always.put("app_id", appId);
    }
    always.put("instance", ProcessFacts.host());
    always.put("type", "log");
    always.put("ver", MetadataApi.RUNTIME_VERSION);
  }

  private static Level least(String word) {
    return switch (word) {
      case "debug" -> Level.DEBUG;
      case "warn" -> Level.WARN;
      case "error" -> Level.ERROR;
      case "fatal" -> Level.FATAL;
      default -> Level.INFO;
    };
  }

  @Override
  public boolean enabled(Level level) {
    return level.compareTo(least) >= 0;
  }

  /** daprd keeps the API's loggers at info, whatever {@code --log-level} says. */
  @Override
  public boolean enabled(Level level, String scope) {
    return enabled(level) || level == Level.INFO && scope.endsWith("-info");
  }

  @Override
  public void log(Level level, String scope, String message) {
    log(level, scope, message, Map.of());
  }

  @Override
  public void log(Level level, String scope, String message, Map<String, ?> fields) {
    if (!enabled(level, scope)) {
      return;
    }
    SortedMap<String, Object> all = new TreeMap<>(always);
    all.putAll(fields);
    all.put("scope", scope);
    OffsetDateTime now = OffsetDateTime.now(ZoneId.systemDefault());
    sink.write(
        json
            ? LogFormat.json(now, level.word(), message, all)
            : LogFormat.text(now, level.word(), message, all));
  }
}
