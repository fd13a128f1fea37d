package io.jitney.daemon.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.NodeSettings;
import io.jitney.daemon.connection.ConnectionLimits;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.connection.ConnectionEnd;
import io.jitney.tenancy.memory.MemoryBudget;
import io.jitney.tenancy.memory.Rung;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What calls hold is counted, bounded, shared fairly, and given back to the last byte. */
class MemoryIT {
  private static final int MIB = 1024 * 1024;

  private final InProcessDaemon running =
      new InProcessDaemon(
          NodeSettings.shared(2, Quota.UNLIMITED)
              .memoryBudget(40L * MIB)
              .connections(
                  new ConnectionLimits(
                      10_000, 10_000, 3_000, 1024, 4_000, 1024, 2_000, 4096, 4096, 2_000)));
  private final MemoryBudget budget = running.daemon().memory();
  private final List<Socket> sockets = new ArrayList<>();
  private OpenSidecar red;
  private OpenSidecar blue;

  @BeforeEach
  void twoApps() throws Exception {
    red = running.open(SidecarSpec.app("red").component("s", "state.in-memory"));
    blue = running.open(SidecarSpec.app("blue").component("s", "state.in-memory"));
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    running.close();
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setSoTimeout(30_000);
    socket.setReceiveBufferSize(8 * 1024);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String post(int length) {
    return "POST /v1.0/state/s HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static String value(String key, int length) {
    return "[{\"key\":\"" + key + "\",\"value\":\"" + "x".repeat(length) + "\"}]";
  }

  private void nothingIsHeld() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(red.opened().instance().memory().held()).isZero();
              assertThat(blue.opened().instance().memory().held()).isZero();
              assertThat(budget.used()).isZero();
              assertThat(budget.waiting()).isZero();
              assertThat(budget.rung()).isEqualTo(Rung.NORMAL);
            });
  }

  @Test
  void everythingIsGivenBackByTenThousandCallsThatBreakOff() throws Exception {
    red.http().post("/v1.0/state/s", value("k", 300_000));
    String[] requests = {
      "GET /v1.0/state/s/k HTTP/1.1\r\nHost: x\r\n\r\n",
      post(100_000) + "[{\"key\"",
      post(3 * MIB) + "[{",
      "POST /v1.0/state/s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{\"ke",
      "GET /v1.0/metadata HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST /v1.0/state/s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]",
    };
    AtomicInteger failures = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 10_000; i++) {
        String request = requests[i % requests.length];
        threads.execute(
            () -> {
              try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", red.httpPort()), 20_000);
                send(socket, request);
                if (ThreadLocalRandom.current().nextBoolean()) {
                  socket.setSoLinger(true, 0);
                }
              } catch (SocketException reset) {
                // The other side was faster.
              } catch (IOException other) {
                failures.incrementAndGet();
              }
            });
      }
    }

    assertThat(failures).hasValue(0);
    nothingIsHeld();
    await().until(() -> red.opened().instance().connections().open() <= 1);
    assertThat(red.http().get("/v1.0/state/s/k").status()).isEqualTo(200);
  }

  @Test
  void bulkReadsThatTogetherNeedMoreThanThereIsDoNotWaitForEachOther() throws Exception {
    StringBuilder keys = new StringBuilder("{\"keys\":[");
    for (int i = 0; i < 100; i++) {
      red.http().post("/v1.0/state/s", value("k" + i, 4_096));
      keys.append(i == 0 ? "" : ",").append("\"k").append(i).append('"');
    }
    String body = keys.append("]}").toString();
    blue.http().post("/v1.0/state/s", value("k0", 10));
    assertThat(red.http().post("/v1.0/state/s/bulk", body).body().length()).isGreaterThan(400_000);
    AtomicInteger read = new AtomicInteger();
    AtomicInteger others = new AtomicInteger();
    long begun = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
      for (int i = 0; i < 256; i++) {
        threads.execute(
            () -> {
              int status = red.http().post("/v1.0/state/s/bulk", body).status();
              (status == 200 ? read : others).addAndGet(status == 200 || status == 429 ? 1 : 1_000);
            });
      }
      for (int i = 0; i < 20; i++) {
        assertThat(blue.http().get("/v1.0/state/s/k0").status()).isEqualTo(200);
        assertThat(blue.http().get("/v1.0/state/s/k1").status()).as("red's").isEqualTo(204);
      }
    }
    assertThat(read.get() + others.get()).isEqualTo(256);
    assertThat(read.get()).isGreaterThan(128);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .as("who waits in vain is refused after ten seconds")
        .isLessThan(Duration.ofSeconds(9));
    nothingIsHeld();
  }

  @Test
  void manyLargeUploadsOfOneTenantWaitForMemoryAndAnotherTenantDoesNotNotice() throws Exception {
    AtomicInteger saved = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    byte[] body = value("big", 3 * MIB).getBytes(US_ASCII);
    try (ExecutorService threads = Executors.newFixedThreadPool(24)) {
      for (int i = 0; i < 24; i++) {
        Socket socket = connect(red.httpPort());
        threads.execute(
            () -> {
              try {
                send(socket, post(body.length));
                for (int at = 0; at < body.length; at += 64 * 1024) {
                  socket.getOutputStream().write(body, at, Math.min(64 * 1024, body.length - at));
                }
                byte[] answer = socket.getInputStream().readNBytes(12);
                String status = new String(answer, US_ASCII);
                (status.contains("204") ? saved : refused).incrementAndGet();
              } catch (IOException closed) {
                refused.incrementAndGet();
              }
            });
      }
      HttpApiClient victim = blue.http();
      long worst = 0;
      for (int i = 0; i < 100; i++) {
        long start = System.nanoTime();
        assertThat(victim.post("/v1.0/state/s", value("k" + i, 100)).status()).isEqualTo(204);
        assertThat(victim.get("/v1.0/state/s/k" + i).status()).isEqualTo(200);
        worst = Math.max(worst, System.nanoTime() - start);
        assertThat(budget.used()).isLessThan(40L * MIB);
      }
      assertThat(worst).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }

    assertThat(saved.get() + refused.get()).isEqualTo(24);
    assertThat(saved.get()).isGreaterThan(5);
    assertThat(blue.opened().instance().memory().refused()).isZero();
    nothingIsHeld();
  }

  @Test
  void aBodyThatComesTooSlowlyEndsAndTheWayThereIsForOthers() throws Exception {
    Socket slow = connect(red.httpPort());
    send(slow, post(2 * MIB) + "[{\"key\":\"");
    await().until(() -> red.opened().instance().memory().held() > 5L * MIB);

    try {
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    } catch (SocketException reset) {
      // The same.
    }

    assertThat(red.opened().instance().connections().ends().of(ConnectionEnd.BODY_RATE))
        .isEqualTo(1);
    nothingIsHeld();
  }

  @Test
  void aSlowReaderIsChargedForItsAnswerAndSentAwayInTime() throws Exception {
    red.http().post("/v1.0/state/s", value("k", 3 * MIB));
    for (int i = 0; i < 4; i++) {
      // More than the kernel's buffers take.
      String get = "GET /v1.0/state/s/k HTTP/1.1\r\nHost: x\r\n\r\n";
      send(connect(red.httpPort()), get.repeat(6));
    }
    await().until(() -> red.opened().instance().memory().held() > 3L * MIB);
    assertThat(blue.http().get("/v1.0/metadata").status()).isEqualTo(200);

    nothingIsHeld();
    assertThat(
            red.opened().instance().connections().ends().of(ConnectionEnd.DRAIN_RATE)
                + red.opened().instance().connections().ends().of(ConnectionEnd.MEMORY))
        .isEqualTo(4);
  }

  @Test
  void largeValuesOverGrpcAreChargedAndGivenBack() throws Exception {
    io.dapr.v1.DaprStateProtos.SaveStateRequest save =
        io.dapr.v1.DaprStateProtos.SaveStateRequest.newBuilder()
            .setStoreName("s")
            .addStates(
                io.dapr.v1.CommonProtos.StateItem.newBuilder()
                    .setKey("g")
                    .setValue(com.google.protobuf.ByteString.copyFrom(new byte[2 * MIB])))
            .build();
    try (GrpcApiClient client = new GrpcApiClient(red.grpcPort())) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.dapr("SaveState", save, com.google.protobuf.Empty.parser()).status())
            .isEqualTo(GrpcStatus.OK);
      }
    }
    nothingIsHeld();
  }

  @Test
  void whenEverythingIsTakenHealthStillAnswersAndTheGreedyAreTold() {
    var hoard = red.opened().instance().memory().lease();
    hoard.take(30L * MIB);
    assertThat(budget.rung()).isEqualTo(Rung.SHED);

    HttpApiClient.Answer refused = red.http().get("/v1.0/metadata");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text()).contains("NODE_MEMORY_PRESSURE");
    assertThat(refused.header("retry-after")).hasValue("1");
    assertThat(blue.http().get("/v1.0/metadata").status()).isEqualTo(200);
    try (GrpcApiClient client = new GrpcApiClient(red.grpcPort())) {
      assertThat(
              client
                  .dapr(
                      "GetMetadata",
                      io.dapr.v1.DaprMetadataProtos.GetMetadataRequest.getDefaultInstance(),
                      io.dapr.v1.DaprMetadataProtos.GetMetadataResponse.parser())
                  .status())
          .isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
    }

    hoard.take(5L * MIB);
    assertThat(budget.rung()).isEqualTo(Rung.CONTROL);
    assertThat(red.http().get("/v1.0/healthz").status()).isEqualTo(204);
    assertThat(blue.http().get("/v1.0/healthz").status()).isEqualTo(204);
    assertThat(blue.http().get("/v1.0/metadata").status()).isEqualTo(429);

    hoard.close();
    assertThat(red.http().get("/v1.0/metadata").status()).isEqualTo(200);
    nothingIsHeld();
  }
}
