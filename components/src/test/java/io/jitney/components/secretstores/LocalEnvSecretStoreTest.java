package io.jitney.components.secretstores;

import static io.jitney.components.testing.TestNode.call;
import static io.jitney.components.testing.TestNode.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.secretstores.localenv.LocalEnvSecretStore;
import io.jitney.components.testing.TestNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalEnvSecretStoreTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "GT_A", "alpha",
          "GT_EMPTY", "",
          "gt_low", "low",
          "DAPR_GT", "hidden",
          "dapr_gt2", "hidden",
          "APP_API_TOKEN", "tok",
          "GTX", "x",
          "GT_", "just the prefix",
          "GT_APP_API_TOKEN", "inner");

  private final TestNode node = new TestNode(Path.of("."));

  @AfterEach
  void closeNode() {
    node.close();
  }

  private SecretStore open(Map<String, String> environment, Map<String, String> metadata) {
    return get(
        LocalEnvSecretStore.open(
            TestNode.spec("secretstores.local.env", metadata), node.opening(environment)));
  }

  private static String read(SecretStore store, String name) {
    return Objects.requireNonNull(get(store.get(call(), name, Map.of())).get(name));
  }

  @Test
  void readsTheEnvironmentOfTheInstanceAndNoOther() {
    SecretStore store = open(ENVIRONMENT, Map.of());
    SecretStore other = open(Map.of("GT_A", "of the other"), Map.of());
    assertThat(read(store, "GT_A")).isEqualTo("alpha");
    assertThat(read(other, "GT_A")).isEqualTo("of the other");
    assertThat(read(other, "gt_low")).isEmpty();
    assertThat(System.getenv("PATH")).isNotEmpty();
    assertThat(read(store, "PATH")).as("the daemon's own variable").isEmpty();
    assertThat(get(other.bulkGet(call(), Map.of())))
        .isEqualTo(Map.of("GT_A", Map.of("GT_A", "of the other")));
  }

  @Test
  void withholdsDaprsVariablesAndTheToken() {
    SecretStore store = open(ENVIRONMENT, Map.of());
    for (String name :
        new String[] {"DAPR_GT", "dapr_gt2", "APP_API_TOKEN", "app_api_token", "unset", ""}) {
      assertThat(read(store, name)).isEmpty();
    }
    assertThat(node.log).contains("warn Access to env var DAPR_GT is forbidden");
    assertThat(get(store.bulkGet(call(), Map.of())))
        .containsOnlyKeys("GT_A", "GT_EMPTY", "gt_low", "GTX", "GT_", "GT_APP_API_TOKEN");
  }

  @Test
  void prefixIsPutBeforeTheNameAndTakenOffAgain() {
    SecretStore store = open(ENVIRONMENT, Map.of("Prefix", "GT_"));
    assertThat(read(store, "A")).isEqualTo("alpha");
    assertThat(read(store, "GT_A")).isEmpty();
    assertThat(read(store, "APP_API_TOKEN")).isEqualTo("inner");
    assertThat(get(store.bulkGet(call(), Map.of())))
        .isEqualTo(
            Map.of(
                "A", Map.of("A", "alpha"),
                "EMPTY", Map.of("EMPTY", ""),
                "APP_API_TOKEN", Map.of("APP_API_TOKEN", "inner")));
    assertThat(get(open(ENVIRONMENT, Map.of("prefix", "gt_")).bulkGet(call(), Map.of())))
        .containsOnlyKeys("low");
  }

  @Test
  void refusesMetadataThatDiffersInCaseOnly() {
    assertThatThrownBy(() -> open(ENVIRONMENT, Map.of("prefix", "a", "PREFIX", "b")))
        .hasMessage("failed to resolve aliases: key prefix is duplicate in the metadata");
  }
}
