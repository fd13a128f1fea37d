package io.jitney.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies in real files, and what a running registry makes of them. */
class PolicyWatchIT {
  private static final TenantId RED = new TenantId("default", "red");

  @TempDir private Path folder;
  private final TenantRegistry<AppInstance> registry = new TenantRegistry<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private Path policies;
  private Path apps;
  private PolicyWatch watch;

  @BeforeEach
  void folders() throws IOException {
    policies = Files.createDirectory(folder.resolve("policies"));
    apps = Files.createDirectory(folder.resolve("apps"));
    watch = new PolicyWatch(policies, apps, registry, log::add);
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private static String policy(String name, String spec) {
    return "apiVersion: jitney.io/v1alpha1\nkind: TenantPolicy\nmetadata: {name: "
        + name
        + "}\nspec: "
        + spec
        + "\n";
  }

  private double rate(TenantId id) {
    return registry.tenant(id).map(Tenant::quota).orElseThrow().ratePerSecond();
  }

  @Test
  void filesCountFromTheStartAndWhenTheyChange() throws IOException {
    registry.declare(RED);
    Files.writeString(policies.resolve("a.yaml"), policy("a", "{rate: 10}"));

    watch.start();
    assertThat(rate(RED)).isEqualTo(10);

    Files.writeString(
        policies.resolve("b.yaml"), policy("b", "{selector: {appId: red}, rate: 20}"));
    await().until(() -> rate(RED) == 20);
    Files.writeString(apps.resolve("c.yaml"), policy("c", "{selector: {appId: red}, rate: 15}"));
    await().until(() -> rate(RED) == 15);
    Files.delete(apps.resolve("c.yaml"));
    Files.delete(policies.resolve("b.yaml"));
    await().until(() -> rate(RED) == 10);
    assertThat(watch.problems()).isEmpty();
  }

  @Test
  void aBrokenFileAndALostFolderLiftNoLimit() throws IOException {
    registry.declare(RED);
    Path file = policies.resolve("a.yaml");
    Files.writeString(file, policy("a", "{rate: 10}"));
    watch.start();

    Files.writeString(file, policy("a", "{rate: fast}"));
    await().until(() -> !watch.problems().isEmpty());
    assertThat(watch.problems().getFirst()).contains(file.toString(), "document 1", "spec.rate");
    assertThat(rate(RED)).isEqualTo(10);

    Files.writeString(file, policy("a", "{rate: 11}"));
    await().until(() -> rate(RED) == 11);
    assertThat(watch.problems()).isEmpty();

    Files.move(policies, folder.resolve("elsewhere"));
    await().until(() -> !watch.problems().isEmpty());
    assertThat(watch.problems().getFirst()).contains("cannot be read");
    assertThat(rate(RED)).isEqualTo(11);
    Files.move(folder.resolve("elsewhere"), policies);
    Files.writeString(file, policy("a", "{rate: 12}"));
    await().until(() -> rate(RED) == 12);
    await().until(() -> watch.problems().isEmpty());
    assertThat(log).anyMatch(line -> line.contains("spec.rate"));
  }
}
