package io.jitney.daemon.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.secrets.SecretsClient.Answer;
import io.jitney.daemon.secrets.SecretsClient.Outcome;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the secrets API does; a subclass says over which transport. Two tenants have stores of the
 * same names.
 */
abstract class SecretsApiTests {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @TempDir Path folder;
  private final List<SecretsClient> clients = new ArrayList<>();

  abstract SecretsClient connect(Sidecar sidecar);

  @AfterEach
  void disconnect() {
    clients.forEach(SecretsClient::close);
  }

  private SecretsClient open(SidecarSpec spec) {
    SecretsClient client = connect(DAEMON.open(spec));
    clients.add(client);
    return client;
  }

  private SidecarSpec file(String app, String json) throws Exception {
    Path file = Files.writeString(folder.resolve(app + ".json"), json);
    return SidecarSpec.app(app)
        .component("f", "secretstores.local.file", "secretsFile", file.toString());
  }

  private static SidecarSpec scoped(SidecarSpec spec, String scope) {
    return spec.configuration("spec: {secrets: {scopes: [" + scope + "]}}");
  }

  private static <T> Answer<T> ok(Map<String, T> data) {
    return new Answer<>(Outcome.OK, "", data);
  }

  private static <T> Answer<T> error(Outcome outcome, String message) {
    return new Answer<>(outcome, message, Map.of());
  }

  @Test
  void eachTenantReadsItsOwnSecrets() throws Exception {
    SecretsClient a = open(file("a", "{\"one\": \"of a\", \"only a\": \"é€\"}"));
    SecretsClient b = open(file("b", "{\"one\": \"of b\"}"));
    assertThat(a.get("f", "one")).isEqualTo(ok(Map.of("one", "of a")));
    assertThat(b.get("f", "one")).isEqualTo(ok(Map.of("one", "of b")));
    assertThat(a.get("f", "only a")).isEqualTo(ok(Map.of("only a", "é€")));
    assertThat(b.get("f", "only a"))
        .isEqualTo(
            error(
                Outcome.FAILED,
                "failed getting secret with key only a from secret store f: secret only a not found"));
    assertThat(a.bulkGet("f"))
        .isEqualTo(ok(Map.of("one", Map.of("one", "of a"), "only a", Map.of("only a", "é€"))));
    assertThat(b.bulkGet("f")).isEqualTo(ok(Map.of("one", Map.of("one", "of b"))));
  }

  private static long storeCalls(Sidecar sidecar) {
    return ((OpenSidecar) sidecar).opened().instance().account().usage().snapshot().storeCalls();
  }

  @Test
  void callsCountAsUsageOfTheirTenant() throws Exception {
    Sidecar one = DAEMON.open(file("a", "{\"one\": \"of a\"}"));
    Sidecar other = DAEMON.open(file("b", "{\"one\": \"of b\"}"));
    SecretsClient a = connect(one);
    clients.add(a);
    a.get("f", "one");
    a.get("f", "not there");
    a.bulkGet("f");
    a.get("no such store", "one");
    assertThat(storeCalls(one)).isEqualTo(3);
    assertThat(storeCalls(other)).isZero();
  }

  @Test
  void theEnvironmentIsTheTenantsOwn() {
    SidecarSpec spec = SidecarSpec.app("a").component("e", "secretstores.local.env");
    SecretsClient a = open(spec.env("MINE", "a's").env("DAPR_API_TOKEN", ""));
    SecretsClient b =
        open(SidecarSpec.app("b").component("e", "secretstores.local.env").env("THEIRS", "b's"));
    assertThat(a.get("e", "MINE")).isEqualTo(ok(Map.of("MINE", "a's")));
    assertThat(b.get("e", "MINE")).isEqualTo(ok(Map.of("MINE", "")));
    assertThat(b.get("e", "PATH")).isEqualTo(ok(Map.of("PATH", "")));
    assertThat(a.bulkGet("e").data())
        .doesNotContainKeys("THEIRS", "DAPR_API_TOKEN")
        .containsKey("MINE");
  }

  @Test
  void storesAreLookedForInDaprsOrder() throws Exception {
    SecretsClient none = open(SidecarSpec.app("b"));
    SecretsClient some = open(file("a", "{}"));
    assertThat(none.get("f", "x"))
        .isEqualTo(error(Outcome.NO_STORES, "secret store is not configured"));
    assertThat(none.bulkGet("f"))
        .isEqualTo(error(Outcome.NO_STORES, "secret store is not configured"));
    assertThat(some.get("g", "x"))
        .isEqualTo(error(Outcome.UNKNOWN_STORE, "failed finding secret store with key g"));
    assertThat(some.bulkGet("F"))
        .isEqualTo(error(Outcome.UNKNOWN_STORE, "failed finding secret store with key F"));
    assertThat(some.bulkGet("f")).isEqualTo(ok(Map.of()));
  }

  @Test
  void scopesHoldForTheTenantThatHasThem() throws Exception {
    String secrets = "{\"x\": \"1\", \"y\": \"2\", \"z\": \"3\"}";
    SecretsClient a =
        open(scoped(file("a", secrets), "{storeName: f, allowedSecrets: [x], deniedSecrets: [x]}"));
    SecretsClient b = open(file("b", secrets));
    assertThat(a.get("f", "x")).isEqualTo(ok(Map.of("x", "1")));
    assertThat(a.get("f", "y"))
        .isEqualTo(error(Outcome.DENIED, "access denied by policy to get \"y\" from \"f\""));
    assertThat(a.get("f", "nope").outcome()).isEqualTo(Outcome.DENIED);
    assertThat(a.bulkGet("f")).isEqualTo(ok(Map.of("x", Map.of("x", "1"))));
    assertThat(b.get("f", "y")).isEqualTo(ok(Map.of("y", "2")));
    assertThat(b.bulkGet("f").data()).hasSize(3);
  }

  @Test
  void denyListsAndDefaults() throws Exception {
    String secrets = "{\"x\": \"1\", \"y\": \"2\"}";
    SecretsClient a = open(scoped(file("a", secrets), "{storeName: f, deniedSecrets: [x]}"));
    SecretsClient b = open(scoped(file("b", secrets), "{storeName: f, defaultAccess: Deny}"));
    assertThat(a.get("f", "x").outcome()).isEqualTo(Outcome.DENIED);
    assertThat(a.get("f", "y").outcome()).isEqualTo(Outcome.OK);
    assertThat(b.get("f", "y").outcome()).isEqualTo(Outcome.DENIED);
    assertThat(b.bulkGet("f")).isEqualTo(ok(Map.of()));
  }

  @Test
  void scopesDoNotHoldForReferences() throws Exception {
    Path target = Files.writeString(folder.resolve("target.json"), "{\"k\": \"v\"}");
    SidecarSpec spec =
        scoped(file("a", "{\"path\": \"" + target + "\"}"), "{storeName: f, defaultAccess: deny}")
            .resource(
                "z.yaml",
                """
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata: {name: g}
                spec:
                  type: secretstores.local.file
                  version: v1
                  metadata: [{name: secretsFile, secretKeyRef: {name: path}}]
                auth: {secretStore: f}
                """);
    SecretsClient a = open(spec);
    assertThat(a.get("f", "path").outcome()).isEqualTo(Outcome.DENIED);
    assertThat(a.get("g", "k")).isEqualTo(ok(Map.of("k", "v")));
  }
}
