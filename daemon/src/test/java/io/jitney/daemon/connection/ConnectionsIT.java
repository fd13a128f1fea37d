package io.jitney.daemon.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.NodeSettings;
import io.jitney.daemon.node.CallerIdentity.Credentials;
import io.jitney.daemon.node.ListenerOptions;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.connection.ConnectionEnd;
import io.jitney.tenancy.connection.TenantConnections;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Who may have a connection, and what becomes of slow and silent clients. */
class ConnectionsIT {
  private static final long HEADER_MILLIS = 2_000;

  private final InProcessDaemon running =
      new InProcessDaemon(
          NodeSettings.shared(2, Quota.UNLIMITED)
              .connections(
                  new ConnectionLimits(
                      HEADER_MILLIS, 3_000, 1_000, 1024, 2_000, 1024, 1_000, 8, 4, 500))
              .keepalive(new Keepalive(1_000, 4_000, 1_000, 1_000)));
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
    return connect(port, "127.0.0.1");
  }

  private Socket connect(int port, String source) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String request(Socket socket) throws IOException {
    send(socket, "GET /v1.0/metadata HTTP/1.1\r\nHost: x\r\n\r\n");
    return answer(socket);
  }

  /** The status line of an answer whose body fits one read. */
  private static String answer(Socket socket) throws IOException {
    byte[] bytes = new byte[64 * 1024];
    int length = socket.getInputStream().read(bytes);
    return length < 0 ? "closed" : new String(bytes, 0, length, US_ASCII).lines().findFirst().get();
  }

  /** Milliseconds until the other side closes. */
  private static long untilClosed(Socket socket) throws IOException {
    long start = System.nanoTime();
    InputStream in = socket.getInputStream();
    try {
      while (in.read() >= 0) {
        // What it says before it closes.
      }
    } catch (SocketTimeoutException open) {
      throw new AssertionError("still open", open);
    } catch (SocketException reset) {
      // Closed, too.
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** The reset may come while the client still connects. */
  private void refused(int port) throws IOException {
    refused(port, "127.0.0.1");
  }

  private void refused(int port, String source) throws IOException {
    Socket socket;
    try {
      socket = connect(port, source);
    } catch (SocketException reset) {
      return;
    }
    assertThat(untilClosed(socket)).isLessThan(1_000);
  }

  private static boolean open(Socket socket) throws IOException {
    socket.setSoTimeout(100);
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException silent) {
      socket.setSoTimeout(10_000);
      return true;
    } catch (SocketException reset) {
      return false;
    }
  }

  @Test
  void aTenantsConnectionsAreCappedAndAnotherTenantsAreNot() throws Exception {
    TenantConnections connections = red.opened().instance().connections();
    connections.limit(2, Double.POSITIVE_INFINITY);
    Socket first = connect(red.httpPort());
    Socket second = connect(red.grpcPort());
    await().until(() -> connections.open() == 2);

    refused(red.httpPort());
    assertThat(connections.ends().of(ConnectionEnd.CONNECTIONS)).isEqualTo(1);
    assertThat(request(first)).contains("200");
    assertThat(request(connect(blue.httpPort()))).contains("200");

    second.close();
    await().until(() -> connections.open() == 1);
    assertThat(request(connect(red.httpPort()))).contains("200");
    connections.limit(1, Double.POSITIVE_INFINITY); // those that are open stay
    assertThat(request(first)).contains("200");
  }

  @Test
  void newConnectionsMayComeAtARate() throws Exception {
    TenantConnections connections = red.opened().instance().connections();
    connections.limit(Integer.MAX_VALUE, 0.001);
    Socket first = connect(red.httpPort());
    assertThat(request(first)).contains("200");

    refused(red.httpPort());
    assertThat(connections.ends().of(ConnectionEnd.ACCEPT_RATE)).isEqualTo(1);
    assertThat(request(first)).contains("200");
    assertThat(request(connect(blue.httpPort()))).contains("200");
  }

  @Test
  void aStormOfConnectionsIsTakenAtAPaceAndLosesNone() throws Exception {
    for (int i = 0; i < 700; i++) {
      connect(red.httpPort());
    }
    assertThat(request(connect(blue.httpPort()))).contains("200");
    assertThat(request(sockets.get(699))).contains("200");
    assertThat(red.opened().instance().connections().ends().of(ConnectionEnd.CONNECTIONS)).isZero();
  }

  @Test
  void aHeadHasTenSecondsFromTheAccept() throws Exception {
    Socket silent = connect(red.httpPort());
    Socket slow = connect(red.httpPort());
    send(slow, "GET /v1.0/metadata HTTP/1.1\r\n");
    Socket halfPreface = connect(red.grpcPort());
    send(halfPreface, "PRI * HTT");
    Thread drip =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < 100; i++) {
                      send(slow, "a" + i + ": b\r\n");
                      Thread.sleep(100);
                    }
                  } catch (IOException | InterruptedException closed) {
                    // As wanted.
                  }
                });

    assertThat(untilClosed(silent)).isBetween(HEADER_MILLIS - 600, HEADER_MILLIS + 1_500);
    assertThat(untilClosed(slow)).isLessThan(1_500);
    assertThat(untilClosed(halfPreface)).isLessThan(1_500);
    drip.join();
    assertThat(red.opened().instance().connections().ends().of(ConnectionEnd.HEADER_DEADLINE))
        .isEqualTo(3);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aConnectionThatIsKeptAliveMayBeIdleAndItsNextHeadHasTheSameTime() throws Exception {
    Socket idle = connect(red.httpPort());
    assertThat(request(idle)).contains("200");
    Thread.sleep(HEADER_MILLIS + 1_500);
    assertThat(open(idle)).isTrue();
    assertThat(request(idle)).contains("200");

    send(idle, "GET /v1.0/meta");
    assertThat(untilClosed(idle)).isBetween(HEADER_MILLIS - 600, HEADER_MILLIS + 1_500);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aHeaderBlockOfHttp2MustEnd() throws Exception {
    try (RawHttp2 client = new RawHttp2(red.httpPort())) {
      client.get(1, "/v1.0/metadata").flush();
      assertThat(client.await(RawHttp2.DATA)).isNotNull();
      client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 3, RawHttp2.head("a", "b")).flush();

      client.awaitClosed();
    }
    assertThat(red.opened().instance().connections().ends().of(ConnectionEnd.HEADER_DEADLINE))
        .isEqualTo(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void unknownCallersAreFewAndMustSayWhoTheyAre() throws Exception {
    int port =
        running
            .daemon()
            .listener()
            .listenHttp(List.of("127.0.0.1"), 0, new ListenerOptions(4096, true));
    running
        .daemon()
        .identity()
        .declare(
            Map.of(new TenantId("default", "red"), new Credentials(List.of("secret"), List.of())));
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      silent.add(connect(port, "127.0.0.2"));
    }

    refused(port, "127.0.0.2");
    HttpApiClient known = new HttpApiClient(port);
    assertThat(known.get("/v1.0/metadata", "dapr-api-token", "secret").status()).isEqualTo(200);
    await()
        .until(() -> running.daemon().node().connections().unidentified().open() == 4); // it is not
    assertThat(red.opened().instance().connections().open()).isEqualTo(1);
    for (int i = 0; i < 4; i++) {
      connect(port, "127.0.0.3");
    }
    refused(port, "127.0.0.4");

    for (Socket one : silent) {
      untilClosed(one);
    }
    await().until(() -> running.daemon().node().connections().unidentified().open() == 0);
    assertThat(known.get("/v1.0/metadata", "dapr-api-token", "secret").status()).isEqualTo(200);
    assertThat(running.daemon().node().connections().unidentified().ends().of(ConnectionEnd.SOURCE))
        .isEqualTo(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aRefusedCallerDoesNotStay() throws Exception {
    int port =
        running
            .daemon()
            .listener()
            .listenHttp(List.of("127.0.0.1"), 0, new ListenerOptions(4096, true));
    Socket stranger = connect(port);
    assertThat(request(stranger)).contains("401");

    assertThat(untilClosed(stranger)).isLessThan(5_000);
    assertThat(
            running
                .daemon()
                .node()
                .connections()
                .unidentified()
                .ends()
                .of(ConnectionEnd.IDENTIFY_DEADLINE))
        .isEqualTo(1);
  }

  @Test
  void whoPingsAGrpcServerTooOftenIsSentAway() throws Exception {
    try (RawHttp2 client = new RawHttp2(red.grpcPort())) {
      client.await(RawHttp2.SETTINGS);
      for (int i = 0; i < 4; i++) {
        client.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
        Thread.sleep(100);
      }

      RawHttp2.Frame last = client.awaitClosed();

      assertThat(last).isNotNull();
      assertThat(last.errorCode()).isEqualTo(11);
      assertThat(last.debug()).isEqualTo("too_many_pings");
    }
    assertThat(red.opened().instance().connections().ends().of(ConnectionEnd.PINGS)).isEqualTo(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void whoPingsAtTheAllowedPaceStaysUntilItIsIdleTooLong() throws Exception {
    try (RawHttp2 client = new RawHttp2(red.grpcPort())) {
      client.await(RawHttp2.SETTINGS);
      long start = System.nanoTime();
      Thread pings =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        client.frame(RawHttp2.PING, 0, 0, new byte[8]).flush();
                        Thread.sleep(1_100);
                      }
                    } catch (IOException | InterruptedException closed) {
                      // As wanted.
                    }
                  });

      RawHttp2.Frame last = client.awaitClosed();

      assertThat(System.nanoTime() - start).isGreaterThan(3_500_000_000L);
      assertThat(last).isNotNull();
      assertThat(last.errorCode()).isZero();
      assertThat(last.debug()).isEqualTo("max_idle");
      pings.interrupt();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void theDaemonPingsAndEndsWhatIsDead() throws Exception {
    try (RawHttp2 dead = new RawHttp2(red.grpcPort())) {
      RawHttp2.Frame ping = dead.await(RawHttp2.PING);
      assertThat(ping).isNotNull();

      dead.awaitClosed(); // it answers none of them
    }
    assertThat(red.opened().instance().connections().ends().of(ConnectionEnd.DEAD)).isEqualTo(1);
    try (GrpcApiClient client = new GrpcApiClient(blue.grpcPort())) { // a real one does
      for (int i = 0; i < 3; i++) {
        assertThat(
                client
                    .dapr(
                        "GetMetadata",
                        io.dapr.v1.DaprMetadataProtos.GetMetadataRequest.getDefaultInstance(),
                        io.dapr.v1.DaprMetadataProtos.GetMetadataResponse.parser())
                    .status())
            .isEqualTo(io.vertx.grpc.common.GrpcStatus.OK);
        Thread.sleep(2_500);
      }
    }
    assertThat(blue.opened().instance().connections().ends().of(ConnectionEnd.DEAD)).isZero();
  }
}
