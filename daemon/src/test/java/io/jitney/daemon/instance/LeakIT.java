package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.RecordedLog;
import io.jitney.daemon.testing.TestSettings;
import io.jitney.tenancy.admission.Quota;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two thousand tenants come, listen on five ports each, serve calls on two stores, and go: what the
 * daemon holds afterwards is what it held before.
 */
class LeakIT {
  private static final int TENANTS = 2_000;
  private static final int BATCH = 50;

  @TempDir Path folder;
  private final Daemon daemon = new Daemon(2, Quota.UNLIMITED);

  /** What a process holds. */
  private record Held(int threads, int files, int sockets, long heap) {
    static Held now() throws IOException {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      int files = 0;
      int sockets = 0;
      try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
        for (Path handle : handles.toList()) {
          files++;
          sockets += target(handle).startsWith("socket:") ? 1 : 0;
        }
      }
      return new Held(
          ManagementFactory.getThreadMXBean().getThreadCount(),
          files,
          sockets,
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    private static String target(Path handle) {
      try {
        return Files.readSymbolicLink(handle).toString();
      } catch (IOException goneMeanwhile) {
        return "";
      }
    }

    @Override
    public String toString() {
      return threads
          + " threads, "
          + files
          + " file handles, "
          + sockets
          + " of them sockets, "
          + heap / 1024
          + " KiB of heap";
    }
  }

  @Test
  void twoThousandTenantsLeaveNothingBehind() throws Exception {
    Files.writeString(
        folder.resolve("stores.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: memory}
        spec: {type: state.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: file}
        spec:
          type: state.sqlite
          version: v1
          metadata:
          - {name: connectionString, value: "%s"}
        """
            .formatted(folder.resolve("state.db")));
    comeAndGo(0, 200); // classes, buffers and caches that stay, and are to be made once
    Held before = Held.now();

    long start = System.nanoTime();
    comeAndGo(200, TENANTS);
    double millis = (System.nanoTime() - start) / 1e6 / TENANTS;

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Held.now().threads() <= before.threads() + 2);
    Held after = Held.now();
    System.out.printf(
        "LeakIT: before %s%nLeakIT: after  %s, %d tenants later, %.1f ms each (opened %d at a time)%n",
        before, after, TENANTS, millis, BATCH);
    assertThat(after.sockets()).isLessThanOrEqualTo(before.sockets() + 2);
    assertThat(after.files()).isLessThanOrEqualTo(before.files() + 4);
    assertThat(after.heap() - before.heap()).isLessThan(2L << 20); // a KiB for each would be a leak
    assertThat(daemon.registry().tenants()).isEmpty();
    assertThat(daemon.registry().instances()).isEmpty();
    assertThat(daemon.node().pools().clientsByType()).isEmpty();
    daemon.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void comeAndGo(int from, int count) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int next = from; next < from + count; next += BATCH) {
        List<Future<OpenInstance>> opening = new ArrayList<>();
        for (int i = next; i < next + BATCH; i++) {
          String appId = "app-" + i;
          opening.add(threads.submit(() -> open(appId)));
        }
        List<OpenInstance> open = new ArrayList<>();
        for (Future<OpenInstance> one : opening) {
          open.add(one.get(60, TimeUnit.SECONDS));
        }
        use(open.getFirst());
        use(open.getLast());
        for (OpenInstance one : open) {
          assertThat(
                  one.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS))
              .isTrue();
        }
      }
    }
  }

  private OpenInstance open(String appId) throws StartupFailure, InterruptedException {
    InstanceSettings.Listen anyPorts =
        new InstanceSettings.Listen(
            List.of("127.0.0.1"), 0, 0, 0, "127.0.0.1", 0, "127.0.0.1", 0, "127.0.0.1");
    InstanceSettings settings =
        TestSettings.of(
                appId, Map.of("DAPR_API_TOKEN", "token-" + appId), List.of(folder), List.of())
            .with(anyPorts, null);
    OpenInstance open = daemon.opener().open(settings, new RecordedLog());
    open.awaitApp();
    return open;
  }

  private static void use(OpenInstance open) {
    HttpApiClient client = new HttpApiClient(open.instance().ports().http());
    for (String store : List.of("memory", "file")) {
      assertThat(client.post("/v1.0/state/" + store, "[{\"key\":\"k\",\"value\":1}]").status())
          .isEqualTo(204);
      assertThat(client.get("/v1.0/state/" + store + "/k").text()).isEqualTo("1");
    }
    assertThat(new HttpApiClient(open.instance().ports().metrics()).get("/").text())
        .contains("dapr_http_server");
  }
}
