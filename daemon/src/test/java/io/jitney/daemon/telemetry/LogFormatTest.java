package io.jitney.daemon.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.instance.InstanceSettings.LogSettings;
import io.jitney.daemon.node.ProcessFacts;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LogFormatTest {
  private static final OffsetDateTime TIME =
      OffsetDateTime.of(2026, 3, 7, 9, 5, 1, 120_300_000, ZoneOffset.UTC);

  private static String text(OffsetDateTime time, String message, Map<String, Object> fields) {
    return new String(LogFormat.text(time, "info", message, new TreeMap<>(fields)), UTF_8);
  }

  private static String json(String message, Map<String, Object> fields) {
    return new String(LogFormat.json(TIME, "info", message, new TreeMap<>(fields)), UTF_8);
  }

  @Test
  void textIsLogrusText() {
    assertThat(text(TIME, "app id: a", Map.of("type", "log", "app_id", "a", "ver", "1.18.3")))
        .isEqualTo(
            "time=\"2026-03-07T09:05:01.1203Z\" level=info msg=\"app id: a\" app_id=a type=log"
                + " ver=1.18.3\n");
  }

  @Test
  void valuesAreQuotedWhenTheyHoldAnythingUnusual() {
    assertThat(text(TIME, "one", Map.of())).contains(" msg=one\n");
    assertThat(text(TIME, "a-b._/@^+Z9", Map.of())).contains(" msg=a-b._/@^+Z9\n");
    assertThat(text(TIME, "a\"b\\c\nd\u00e9", Map.of()))
        .contains(" msg=\"a\\\"b\\\\c\\nd\u00e9\"\n");
    assertThat(text(TIME, "", Map.of("empty", "", "code", 204)))
        .endsWith("level=info code=204 empty=\n");
  }

  @Test
  void timeHasItsOffsetAndOnlyTheDigitsItNeeds() {
    OffsetDateTime whole =
        OffsetDateTime.of(2026, 12, 31, 23, 59, 59, 0, ZoneOffset.ofHoursMinutes(-5, -30));
    assertThat(text(whole, "x", Map.of())).startsWith("time=\"2026-12-31T23:59:59-05:30\" ");
    OffsetDateTime nano = whole.withNano(7).withOffsetSameLocal(ZoneOffset.ofHours(2));
    assertThat(text(nano, "x", Map.of()))
        .startsWith("time=\"2026-12-31T23:59:59.000000007+02:00\" ");
  }

  @Test
  void jsonIsSortedAndEscapedAsGoDoes() {
    assertThat(json("<a> & \"b\"\n\u0001\u2028", Map.of("app_id", "a", "code", 204)))
        .isEqualTo(
            "{\"app_id\":\"a\",\"code\":204,\"level\":\"info\",\"msg\":\"\\u003ca\\u003e \\u0026"
                + " \\\"b\\\"\\n"
                + "\\u0001\\u2028\",\"time\":\"2026-03-07T09:05:01.1203Z\"}\n");
  }

  @Test
  void logHasDaprsFields() {
    List<String> lines = new ArrayList<>();
    DaprLog log =
        new DaprLog(
            line -> lines.add(new String(line, UTF_8)), "a", new LogSettings("info", false, null));
    log.warn("dapr.runtime", "careful now");
    log.debug("dapr.runtime", "not this");
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .matches(
            "time=\"[^\"]+\" level=warning msg=\"careful now\" app_id=a instance="
                + java.util.regex.Pattern.quote(ProcessFacts.host())
                + " scope=dapr.runtime type=log ver=1.18.3\n");
  }

  @Test
  void levelsHoldBackWhatIsLess() {
    assertThat(levels("debug")).containsExactly("debug", "info", "warning", "error", "fatal");
    assertThat(levels("info")).containsExactly("info", "warning", "error", "fatal");
    assertThat(levels("warn")).containsExactly("warning", "error", "fatal");
    assertThat(levels("error")).containsExactly("error", "fatal");
    assertThat(levels("fatal")).containsExactly("fatal");
  }

  private static List<String> levels(String least) {
    List<String> seen = new ArrayList<>();
    DaprLog log =
        new DaprLog(
            line -> seen.add(new String(line, UTF_8).replaceAll("(?s).* level=(\\w+) .*", "$1")),
            "",
            new LogSettings(least, false, null));
    for (InstanceLog.Level level : InstanceLog.Level.values()) {
      log.log(level, "dapr.runtime", "x");
    }
    return seen;
  }

  @Test
  void apiLogComesAtAnyLevelAndComponentsAreNamed() {
    List<String> lines = new ArrayList<>();
    DaprLog log =
        new DaprLog(
            line -> lines.add(new String(line, UTF_8)), "a", new LogSettings("error", true, null));
    log.log(
        InstanceLog.Level.INFO, "dapr.runtime.http-info", "HTTP API Called", Map.of("code", 204));
    log.forComponent("s (state.redis/v1)").error("broken");
    log.forComponent("s (state.redis/v1)").info("not this");
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).contains("\"code\":204,", "\"msg\":\"HTTP API Called\"");
    assertThat(lines.get(1))
        .contains("\"component\":\"s (state.redis/v1)\"", "\"scope\":\"dapr.contrib\"");
  }
}
