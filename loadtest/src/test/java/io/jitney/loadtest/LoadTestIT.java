package io.jitney.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.jitney.loadtest.plan.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a user runs it: five seconds of load on a daemon that the build has made. */
class LoadTestIT {
  private static final Path HOME = Path.of("").toAbsolutePath();

  @Test
  void aTinyScenarioRunsAndReports(@TempDir Path folder) throws Exception {
    assumeTrue(
        Files.exists(HOME.resolveSibling("daemon").resolve("target/dist/classpath")),
        "the daemon is not built");
    Path scenario = folder.resolve("tiny.yaml");
    Files.writeString(
        scenario,
        """
        name: tiny
        kind: aggressor
        title: Five seconds
        against: [on]
        victims:
          tenants: 2
          rate: 40
          connections: 2
          transport: both
          timeout: 5s
          calls:
            - {call: get, keys: 5, bytes: 100B}
            - {call: invoke, bytes: 100B}
        attack:
          kind: load
          connections: 1
          rate: 20
          calls:
            - {call: set, keys: 5, bytes: 100B}
        warmup: 1s
        alone: 1500ms
        during: 1500ms
        after: 1s
        targets: {goodput: 0.5}
        """);
    Path out = folder.resolve("out");

    Process process =
        start(folder, "run", scenario.toString(), "--out", out.toString(), "--no-affinity");
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    process.destroyForcibly();

    String said = Files.readString(folder.resolve("said"));
    assertThat(ended).as(said).isTrue();
    JsonNode run = Json.read(out.resolve("results.json"), JsonNode.class).at("/scenarios/0/runs/0");
    assertThat(run.path("failure").asText()).as(said).isEmpty();
    for (String segment : List.of("alone", "during")) {
      JsonNode victims = run.at("/summaries/victims/" + segment);
      assertThat(victims.path("due").asLong()).as(segment).isBetween(55L, 65L);
      assertThat(victims.path("ok").asLong()).as(segment).isPositive();
      assertThat(victims.path("histogram").asText()).isNotEmpty();
    }
    assertThat(run.at("/summaries/aggressors/during/ok").asLong()).isPositive();
    assertThat(run.at("/summaries/aggressors/alone/due").asLong()).isZero();
    assertThat(run.at("/values/rss").asDouble()).isGreaterThan(20);
    assertThat(said).contains("victims' p99 during").contains("Report: ");
    assertThat(Files.readString(out.resolve("report.html"))).contains("\"name\":\"tiny\"");
  }

  @Test
  void eventsSurviveADaemonThatIsKilled(@TempDir Path folder) throws Exception {
    assumeTrue(
        Files.exists(HOME.resolveSibling("daemon").resolve("target/dist/classpath")),
        "the daemon is not built");
    Path scenario = folder.resolve("kept.yaml");
    Files.writeString(
        scenario,
        """
        name: kept
        kind: durability
        title: A few kills
        load:
          connections: 4
          store: memory
          events: {broker: redis, subscriber: ok, apart: yes, redeliver: 3s}
          calls: [{call: publish, bytes: 100B}]
        count: 2000
        killEvery: 300ms
        """);
    Path out = folder.resolve("out");

    Process process =
        start(folder, "run", scenario.toString(), "--out", out.toString(), "--no-affinity");
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    process.destroyForcibly();

    String said = Files.readString(folder.resolve("said"));
    assertThat(ended).as(said).isTrue();
    JsonNode run = Json.read(out.resolve("results.json"), JsonNode.class).at("/scenarios/0/runs/0");
    assertThat(run.path("failure").asText()).as(said).isEmpty();
    assertThat(run.at("/values/acknowledged").asInt()).isEqualTo(2000);
    assertThat(run.at("/values/kills").asInt()).isPositive();
    assertThat(run.at("/values/lost").asInt()).as(said).isZero();
  }

  @Test
  void allThatIsWrongWithAFileIsTold(@TempDir Path folder) throws Exception {
    assumeTrue(
        Files.exists(HOME.resolveSibling("daemon").resolve("target/dist/classpath")),
        "the daemon is not built");
    Path scenario = folder.resolve("wrong.yaml");
    Files.writeString(scenario, "name: x\nkind: cost\ntitle: x\nload: {calls: [{call: got}]}\n");

    Process process = start(folder, "run", scenario.toString());

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("said")))
        .contains("load.calls[0].call: must be one of")
        .contains("warmup: is missing")
        .contains("measure: is missing");
  }

  private static Process start(Path folder, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djitney.loadtest.home=" + HOME,
                "-cp",
                System.getProperty("java.class.path"),
                "io.jitney.loadtest.Main"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start();
  }
}
