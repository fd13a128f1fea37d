package io.jitney.daemon.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.usage.TenantUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One event loop, shared by tenants of whom one wants too much. */
@Timeout(60)
class LoopGateIT {
  /** Takes the loop for a good part of a millisecond, and is small enough to stay there. */
  private static final String HEAVY =
      "[{\"key\":\"k\",\"value\":{"
          + IntStream.range(0, 700)
              .mapToObj(
                  i -> "\"member" + (i * 7919 % 1_000) + "\": [" + i + ".25, 1e" + i % 9 + "]")
              .collect(Collectors.joining(", "))
          + "}}]";

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private InProcessDaemon daemon(boolean isolated) {
    InProcessDaemon daemon = new InProcessDaemon(1, isolated);
    open.add(daemon);
    return daemon;
  }

  private OpenSidecar sidecar(InProcessDaemon daemon, String app) throws Exception {
    OpenSidecar sidecar = daemon.open(SidecarSpec.app(app).component("s", "state.in-memory"));
    open.add(sidecar);
    HttpApiClient client = new HttpApiClient(sidecar.httpPort());
    assertThat(client.post("/v1.0/state/s", HEAVY).status()).isEqualTo(204);
    assertThat(client.get("/v1.0/state/s/x").status()).isEqualTo(204);
    return sidecar;
  }

  private RawClient connect(OpenSidecar sidecar) throws IOException {
    RawClient client = new RawClient(sidecar.httpPort());
    open.add(client);
    client.send("GET", "/v1.0/state/s/x", "");
    assertThat(client.answer()).isEqualTo(204);
    return client;
  }

  private List<RawClient> connect(OpenSidecar sidecar, int count) throws IOException {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(connect(sidecar));
    }
    return clients;
  }

  /** Keeps the loop busy while requests arrive, so that they are all there when it looks. */
  private static CountDownLatch block(InProcessDaemon daemon) {
    CountDownLatch release = new CountDownLatch(1);
    daemon
        .daemon()
        .node()
        .loops()
        .getFirst()
        .runOnContext(
            now -> {
              try {
                release.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return release;
  }

  /** Notes whose answers come, in their order. */
  private static void note(List<RawClient> clients, String name, ConcurrentLinkedQueue<String> to) {
    for (RawClient client : clients) {
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  to.add(name + client.answer());
                } catch (IOException broken) {
                  to.add(name + broken.getMessage());
                }
              });
    }
  }

  /** Where the only answer of the modest app came among those of a flood. */
  private int rank(boolean isolated) throws Exception {
    InProcessDaemon daemon = daemon(isolated);
    OpenSidecar flood = sidecar(daemon, "flood");
    OpenSidecar modest = sidecar(daemon, "modest");
    List<RawClient> many = connect(flood, 30);
    RawClient one = connect(modest);
    ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    note(many, "flood ", order);
    note(List.of(one), "modest ", order);
    CountDownLatch release = block(daemon);
    for (RawClient client : many) {
      client.send("POST", "/v1.0/state/s", HEAVY);
    }
    one.send("GET", "/v1.0/state/s/x", "");
    release.countDown();
    Awaitility.await().until(() -> order.size() == 31);
    assertThat(order).filteredOn("flood 204"::equals).hasSize(30);
    return List.copyOf(order).indexOf("modest 204");
  }

  @Test
  void aModestAppIsServedAmongTheFirstBesideAFlood() throws Exception {
    assertThat(rank(true)).isBetween(0, 8);
  }

  @Test
  void weightsCountAtTheFrontDoor() throws Exception {
    InProcessDaemon daemon = daemon(true);
    OpenSidecar light = sidecar(daemon, "light");
    OpenSidecar heavy = sidecar(daemon, "heavy");
    light.opened().instance().account().share().change(100, 0.0);
    heavy.opened().instance().account().share().change(300, 0.0);
    List<RawClient> ofLight = connect(light, 60);
    List<RawClient> ofHeavy = connect(heavy, 60);
    ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    note(ofLight, "light ", order);
    note(ofHeavy, "heavy ", order);
    CountDownLatch release = block(daemon);
    for (int i = 0; i < 60; i++) {
      ofLight.get(i).send("POST", "/v1.0/state/s", HEAVY);
      ofHeavy.get(i).send("POST", "/v1.0/state/s", HEAVY);
    }
    release.countDown();
    Awaitility.await().until(() -> order.size() == 120);

    long first = List.copyOf(order).subList(0, 64).stream().filter("heavy 204"::equals).count();
    assertThat(first).as("of 64 while both wait").isBetween(42L, 56L);
  }

  @Test
  void whoLeavesWhileItWaitsIsNotServed() throws Exception {
    InProcessDaemon daemon = daemon(true);
    OpenSidecar app = sidecar(daemon, "app");
    OpenSidecar other = sidecar(daemon, "other");
    List<RawClient> many = connect(app, 40);
    TenantUsage.Snapshot before = app.opened().instance().account().usage().snapshot();
    CountDownLatch release = block(daemon);
    for (RawClient client : many) {
      client.send("POST", "/v1.0/state/s", HEAVY);
    }
    for (RawClient client : many) {
      client.close();
    }
    release.countDown();

    assertThat(new HttpApiClient(other.httpPort()).get("/v1.0/state/s/x").status()).isEqualTo(204);
    Awaitility.await().until(() -> app.opened().instance().calls().count() == 0);
    TenantUsage.Snapshot after = app.opened().instance().account().usage().snapshot();
    assertThat(after.storeCalls() - before.storeCalls()).as("served").isLessThan(40);
    assertThat(app.opened().instance().admission().inFlight()).isZero();
  }

  @Test
  void whatATenantUsesIsCounted() throws Exception {
    InProcessDaemon daemon = daemon(true);
    OpenSidecar app = sidecar(daemon, "app");
    OpenSidecar idle = sidecar(daemon, "idle");
    TenantUsage.Snapshot before = app.opened().instance().account().usage().snapshot();
    TenantUsage.Snapshot idleBefore = idle.opened().instance().account().usage().snapshot();
    RawClient client = connect(app);
    for (int i = 0; i < 10; i++) {
      client.send("POST", "/v1.0/state/s", "[{\"key\":\"a\",\"value\":" + i + "}]");
      assertThat(client.answer()).isEqualTo(204);
    }
    client.close();
    Awaitility.await().until(() -> app.opened().instance().calls().count() == 0);

    TenantUsage.Snapshot after = app.opened().instance().account().usage().snapshot();
    assertThat(after.calls().get("state") - before.calls().get("state")).isEqualTo(11);
    assertThat(after.storeCalls() - before.storeCalls()).isEqualTo(11);
    assertThat(after.bytesIn() - before.bytesIn()).isBetween(1_000L, 3_000L);
    assertThat(after.bytesOut() - before.bytesOut()).isBetween(500L, 5_000L);
    assertThat(after.loopNanos() - before.loopNanos()).isBetween(50_000L, 5_000_000_000L);
    TenantUsage.Snapshot idleAfter = idle.opened().instance().account().usage().snapshot();
    assertThat(idleAfter.calls()).isEqualTo(idleBefore.calls());
    assertThat(idleAfter.bytesIn()).isEqualTo(idleBefore.bytesIn());
    assertThat(idleAfter.bytesOut()).isEqualTo(idleBefore.bytesOut());
    assertThat(idleAfter.storeCalls()).isEqualTo(idleBefore.storeCalls());
  }

  @Test
  void switchedOffNothingIsMeasured() throws Exception {
    InProcessDaemon daemon = daemon(false);
    OpenSidecar app = sidecar(daemon, "app");

    TenantUsage.Snapshot usage = app.opened().instance().account().usage().snapshot();
    assertThat(usage.loopNanos()).isZero();
    assertThat(usage.calls().get("state")).isEqualTo(2);
    assertThat(daemon.daemon().node().isolation().isOn()).isFalse();
  }
}
