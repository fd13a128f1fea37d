package io.jitney.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jitney.tenancy.policy.PolicyField;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandTest {
  private static final String POLICY =
      "apiVersion: jitney.io/v1alpha1\nkind: TenantPolicy\nmetadata: {name: shop}\nspec: {rate: 5}\n";

  @TempDir private Path folder;

  @Test
  void explainShowsValueUnitSourceAndWhatIsOverridden() {
    JsonObject answer =
        new JsonObject()
            .put("namespace", "shop")
            .put("appId", "checkout")
            .put("known", true)
            .put("labels", new JsonObject().put("tier", "gold"))
            .put("classes", new JsonArray().add("gold"))
            .put(
                "fields",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("field", "rate")
                            .put("value", "5")
                            .put("unit", "calls/s")
                            .put("source", "policy shop (p.yaml, document 1)")
                            .put(
                                "overrides",
                                new JsonArray()
                                    .add(
                                        new JsonObject()
                                            .put("value", "100")
                                            .put("source", "flags of the daemon")))));

    assertThat(PolicyCommand.Explain.text(answer).lines())
        .containsExactly(
            "app      shop/checkout",
            "labels   tier=gold",
            "class    gold",
            "",
            "FIELD  VALUE  UNIT     SOURCE                            OVERRIDES",
            "rate   5      calls/s  policy shop (p.yaml, document 1)  100 of flags of the daemon");
  }

  @Test
  void checkTellsByItsExitCode() throws Exception {
    Path file = folder.resolve("p.yaml");
    Files.writeString(file, POLICY);
    assertThat(Cli.run(List.of("policy", "check", folder.toString()))).isZero();

    Files.writeString(file, POLICY.replace("rate: 5", "rate: fast"));
    assertThat(Cli.run(List.of("policy", "check", folder.toString()))).isEqualTo(1);
    assertThat(Cli.run(List.of("policy", "check", folder.resolve("no").toString()))).isEqualTo(1);

    String app =
        "apiVersion: jitney.io/v1alpha1\nkind: App\nmetadata: {name: a}\nspec: {qota: {}}\n";
    Files.writeString(file, POLICY + "---\n" + app);
    assertThat(Cli.run(List.of("policy", "check", file.toString()))).isEqualTo(1);
    Files.writeString(file, POLICY + "---\n" + app.replace("qota", "quota"));
    assertThat(Cli.run(List.of("policy", "check", file.toString()))).isZero();
  }

  @Test
  void everyFieldIsListedWithItsUnit() {
    String text = PolicyCommand.Fields.text();
    for (PolicyField field : PolicyField.values()) {
      assertThat(text.lines())
          .anyMatch(
              line -> line.startsWith(field.path() + " ") && line.contains(field.unit().word()));
      assertThat(field.description()).endsWith(".");
    }
  }

  @Test
  void topShowsTheBusiestFirst() {
    JsonObject before =
        new JsonObject()
            .put("nanos", 0L)
            .put("tenants", new JsonArray().add(app("a", 0, 0, 0)).add(app("b", 0, 0, 0)));
    JsonObject now =
        new JsonObject()
            .put("nanos", 2_000_000_000L)
            .put(
                "tenants",
                new JsonArray()
                    .add(app("a", 10, 0, 10_000_000))
                    .add(app("b", 400, 2_000, 1_000_000_000)));

    List<String> lines = TopCommand.text(before, now, 1).lines().toList();

    assertThat(lines.getFirst())
        .isEqualTo("2 apps, 205 calls/s, 1000 refused/s, 51% of one core; 1 shown");
    assertThat(lines).hasSize(4);
    assertThat(lines.get(3)).contains("default", " b ", "200", "50.0%", "TENANT_RATE_LIMITED=2000");
  }

  private static JsonObject app(String id, long calls, long refused, long cpu) {
    return new JsonObject()
        .put("namespace", "default")
        .put("appId", id)
        .put("admitted", calls)
        .put("refused", refused)
        .put("refusals", new JsonObject().put("TENANT_RATE_LIMITED", refused))
        .put("inFlight", 1L)
        .put("streams", 0L)
        .put("queued", 0L)
        .put("heldBytes", 2048L)
        .put("cpuNanos", cpu)
        .put("bytesIn", 0L)
        .put("bytesOut", 0L)
        .put("storeCalls", 0L);
  }

  @Test
  void durationsOfUsage() throws Exception {
    assertThat(UsageCommand.duration("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(UsageCommand.duration("2h")).isEqualTo(Duration.ofHours(2));
    assertThat(UsageCommand.duration("1d")).isEqualTo(Duration.ofDays(1));
    assertThatExceptionOfType(CommandFailure.class).isThrownBy(() -> UsageCommand.duration("soon"));
  }
}
