package io.jitney.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerIT {
  private final InProcessDaemon running = new InProcessDaemon();
  private final Daemon daemon = running.daemon();
  private AdminServer admin;
  private HttpApiClient client;

  @BeforeEach
  void open() throws Exception {
    NodeStatus status =
        new NodeStatus(
            daemon.registry(),
            daemon.node().pools(),
            2,
            new NodeSidecars(daemon.opener()),
            () -> null,
            List::of);
    admin = AdminServer.open("127.0.0.1", 0, status, daemon.health(), daemon.node().loops());
    client = new HttpApiClient(admin.port());
  }

  @AfterEach
  void close() {
    admin.close();
    running.close();
  }

  @Test
  void tellsHealthAndReadiness() {
    assertThat(client.get("/healthz").text()).isEqualTo("ok\n");
    assertThat(client.get("/readyz").status()).isEqualTo(200);
    daemon.health().add("apps");
    assertThat(client.get("/readyz").status()).isEqualTo(503);
    assertThat(client.get("/readyz").text()).isEqualTo("not ready: apps\n");
    assertThat(client.get("/healthz").status()).isEqualTo(200);
    assertThat(client.get("/other").status()).isEqualTo(404);
    assertThat(client.post("/metrics", "x").status()).isEqualTo(405);
  }

  @Test
  void countsTheCallsOfEachApp() throws Exception {
    Sidecar red = running.open(SidecarSpec.app("red"));
    Sidecar green =
        running.open(
            SidecarSpec.app("green").env("NAMESPACE", "shop").component("s", "state.in-memory"));
    daemon.registry().declare(new TenantId("default", "red"), new Quota(0.001, 1, 0));
    red.http().get("/v1.0/metadata");
    red.http().get("/v1.0/metadata");
    green.http().get("/v1.0/metadata");

    List<String> page = client.get("/metrics").text().lines().toList();

    assertThat(page)
        .contains(
            "jitney_tenants 2",
            "jitney_instances{state=\"running\"} 2",
            "jitney_calls_admitted_total{app_id=\"red\",namespace=\"default\"} 1",
            "jitney_calls_refused_total{app_id=\"red\",namespace=\"default\",limit=\"rate\"} 1",
            "jitney_calls_admitted_total{app_id=\"green\",namespace=\"shop\"} 1",
            "jitney_calls_in_flight{app_id=\"green\",namespace=\"shop\"} 0",
            "# TYPE jitney_calls_admitted_total counter");
    assertThat(page)
        .anyMatch(line -> line.startsWith("jitney_event_loop_lag_seconds{loop=\"1\"} "));
    assertThat(page).anyMatch(line -> line.startsWith("jitney_memory_bytes{kind=\"heap_used\"} "));
  }

  @Test
  void answersWhileEventLoopsAreStuckAndShowsIt() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    daemon.node().loops().forEach(loop -> loop.runOnContext(stuck -> await(release)));
    Thread.sleep(300);

    long start = System.nanoTime();
    client.get("/metrics");
    String page = client.get("/metrics").text();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    assertThat(client.get("/healthz").status()).isEqualTo(200);
    String lag =
        page.lines()
            .filter(line -> line.startsWith("jitney_event_loop_lag_seconds{loop=\"0\"}"))
            .findFirst()
            .orElseThrow();
    assertThat(Double.parseDouble(lag.substring(lag.indexOf(' ')))).isGreaterThan(0.09);
    release.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void silentClientsDelayNobody() throws Exception {
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket socket = new Socket("127.0.0.1", admin.port());
      socket
          .getOutputStream()
          .write(
              "GET /metrics HTTP/1.1\r\nHost: x\r\n"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      silent.add(socket);
    }

    assertThat(client.get("/healthz").status()).isEqualTo(200);

    for (Socket socket : silent) {
      socket.close();
    }
  }
}
