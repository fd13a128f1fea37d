package io.jitney.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.rpc.ErrorInfo;
import com.sun.net.httpserver.HttpServer;
import io.dapr.v1.DaprMetadataProtos.GetMetadataRequest;
import io.dapr.v1.DaprMetadataProtos.GetMetadataResponse;
import io.jitney.daemon.Daemon;
import io.jitney.daemon.node.CallerIdentity.Credentials;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.GrpcStatus;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many apps on one port: who is who, and that nobody can be somebody else. */
class NodeListenerIT {
  private static final String TOKEN = "dapr-api-token";
  private static final TenantId RED = new TenantId("default", "red");
  private static final TenantId GREEN = new TenantId("default", "green");
  private static final TenantId BLUE = new TenantId("shop", "blue");

  private final InProcessDaemon running = new InProcessDaemon();
  private final Daemon daemon = running.daemon();
  private Sidecar red;
  private Sidecar blue;
  private int http;
  private int grpc;

  @BeforeEach
  void threeApps() throws Exception {
    ListenerOptions options = new ListenerOptions(4096, true);
    http = daemon.listener().listenHttp(List.of("127.0.0.1"), 0, options);
    grpc = daemon.listener().listenGrpc(List.of("127.0.0.1"), 0, options);
    red = running.open(SidecarSpec.app("red"));
    running.open(SidecarSpec.app("green").env("DAPR_API_TOKEN", "green-secret"));
    blue = running.open(SidecarSpec.app("blue").env("NAMESPACE", "shop"));
    declare();
  }

  private void declare() {
    List<String> problems =
        daemon
            .identity()
            .declare(
                Map.of(
                    RED, new Credentials(List.of("red-secret"), List.of()),
                    BLUE, new Credentials(List.of(), List.of("127.0.0.9"))));
    assertThat(problems).isEmpty();
  }

  @AfterEach
  void close() {
    running.close();
  }

  private static String appOf(String metadata) {
    return new JsonObject(metadata).getString("id");
  }

  @Test
  void eachTokenIsItsApp() {
    HttpApiClient client = new HttpApiClient(http);

    assertThat(appOf(client.get("/v1.0/metadata", TOKEN, "red-secret").text())).isEqualTo("red");
    // A virtual sidecar's app may come over the node's port, too.
    assertThat(appOf(client.get("/v1.0/metadata", TOKEN, "green-secret").text()))
        .isEqualTo("green");
  }

  @Test
  void unknownCallersAreRefusedAsDaprdDoes() {
    HttpApiClient client = new HttpApiClient(http);

    for (String[] headers :
        List.of(
            new String[0], new String[] {TOKEN, "wrong"}, new String[] {TOKEN, "red-secret2"})) {
      HttpApiClient.Answer answer = client.get("/v1.0/metadata", headers);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text()).isEqualTo("invalid api token\n");
      assertThat(answer.header("content-type")).hasValue("text/plain; charset=utf-8");
    }
  }

  @Test
  void nothingButTheTokenChoosesTheTenant() {
    HttpApiClient client = new HttpApiClient(http);
    String[] spoofed = {
      "dapr-app-id",
      "green",
      "dapr-caller-app-id",
      "green",
      "dapr-caller-namespace",
      "shop",
      "x-forwarded-for",
      "127.0.0.9",
      "forwarded",
      "for=127.0.0.9",
      "x-real-ip",
      "127.0.0.9",
      "x-dapr-app-id",
      "blue"
    };

    assertThat(client.get("/v1.0/metadata?appid=blue", spoofed).status()).isEqualTo(401);
    String[] withToken = new String[spoofed.length];
    System.arraycopy(spoofed, 2, withToken, 0, spoofed.length - 2);
    withToken[spoofed.length - 2] = TOKEN;
    withToken[spoofed.length - 1] = "red-secret";
    assertThat(appOf(client.get("/v1.0/metadata", withToken).text())).isEqualTo("red");
  }

  @Test
  void anotherTokenOnTheSameConnectionIsAnotherCaller() throws Exception {
    try (RawHttp connection = new RawHttp(http)) {
      for (int i = 0; i < 3; i++) {
        assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "red-secret").body()))
            .isEqualTo("red");
        assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "green-secret").body()))
            .isEqualTo("green");
        assertThat(connection.get("/v1.0/metadata").status()).isEqualTo(401);
        assertThat(connection.get("/v1.0/metadata", TOKEN, "").status()).isEqualTo(401);
        assertThat(connection.get("/v1.0/metadata", TOKEN, "wrong").status()).isEqualTo(401);
      }
    }
  }

  @Test
  void aRevokedTokenIsRefusedOnItsOpenConnection() throws Exception {
    try (RawHttp connection = new RawHttp(http)) {
      assertThat(connection.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(200);

      daemon.identity().declare(Map.of(RED, new Credentials(List.of("new-secret"), List.of())));

      assertThat(connection.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(401);
      assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "new-secret").body()))
          .isEqualTo("red");
    }
  }

  @Test
  void aTokenThatPassesToAnotherAppTakesItsConnectionAlong() throws Exception {
    try (RawHttp connection = new RawHttp(http)) {
      assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "red-secret").body()))
          .isEqualTo("red");

      daemon.identity().declare(Map.of(BLUE, new Credentials(List.of("red-secret"), List.of())));

      assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "red-secret").body()))
          .isEqualTo("blue");
    }
  }

  @Test
  void aClosedInstanceIsNotReachedByItsOldConnection() throws Exception {
    try (RawHttp connection = new RawHttp(http)) {
      assertThat(connection.get("/v1.0/metadata", TOKEN, "green-secret").status()).isEqualTo(200);
      assertThat(connection.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(200);

      red.close();

      RawHttp.Answer absent = connection.get("/v1.0/metadata", TOKEN, "red-secret");
      assertThat(absent.status()).isEqualTo(503);
      assertThat(absent.body()).contains("ERR_APP_NOT_RUNNING");
      assertThat(absent.head().toLowerCase(Locale.ROOT)).contains("retry-after: 1");
      assertThat(connection.get("/v1.0/healthz", TOKEN, "red-secret").status()).isEqualTo(500);
      // Its successor takes over on the same connection.
      Sidecar successor = running.open(SidecarSpec.app("red"));
      assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "red-secret").body()))
          .isEqualTo("red");
      successor.close();
    }
  }

  @Test
  void theTokenOfAVirtualSidecarLeavesWithIt() throws Exception {
    Sidecar black = running.open(SidecarSpec.app("black").env("DAPR_API_TOKEN", "black-secret"));
    try (RawHttp connection = new RawHttp(http)) {
      assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "black-secret").body()))
          .isEqualTo("black");

      black.close();

      assertThat(connection.get("/v1.0/metadata", TOKEN, "black-secret").status()).isEqualTo(401);
    }
  }

  @Test
  void anAppIsKnownByItsAddressAndNobodyElseIs() throws Exception {
    try (RawHttp fromBlue = new RawHttp(http, "127.0.0.9");
        RawHttp fromElsewhere = new RawHttp(http, "127.0.0.10")) {
      assertThat(appOf(fromBlue.get("/v1.0/metadata").body())).isEqualTo("blue");
      assertThat(fromElsewhere.get("/v1.0/metadata").status()).isEqualTo(401);
      // A token says more than an address, a wrong one too.
      assertThat(appOf(fromBlue.get("/v1.0/metadata", TOKEN, "red-secret").body()))
          .isEqualTo("red");
      assertThat(fromBlue.get("/v1.0/metadata", TOKEN, "wrong").status()).isEqualTo(401);
      assertThat(appOf(fromBlue.get("/v1.0/metadata").body())).isEqualTo("blue");
    }
  }

  @Test
  void aTokenCountsOnlyFromDeclaredAddresses() throws Exception {
    daemon
        .identity()
        .declare(
            Map.of(
                RED, new Credentials(List.of("red-secret"), List.of("127.0.0.8", "127.1.0.0/16"))));
    try (RawHttp allowed = new RawHttp(http, "127.0.0.8");
        RawHttp inRange = new RawHttp(http, "127.1.2.3");
        RawHttp stolen = new RawHttp(http, "127.0.0.7")) {
      assertThat(allowed.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(200);
      assertThat(inRange.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(200);
      assertThat(stolen.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(401);
      assertThat(allowed.get("/v1.0/metadata").status())
          .isEqualTo(401); // it has a token, so it must show it
    }
  }

  @Test
  void probesWithoutTokenAskForTheDaemonAndOthersForTheirApp() {
    HttpApiClient client = new HttpApiClient(http);

    assertThat(client.get("/v1.0/healthz").status()).isEqualTo(204);
    assertThat(client.get("/v1.0/healthz/outbound").status()).isEqualTo(204);
    assertThat(client.get("/v1.0/healthz?appid=red").text()).contains("ERR_HEALTH_APPID_NOT_MATCH");
    assertThat(client.get("/v1.0/healthz?appid=nobody").text())
        .contains("ERR_HEALTH_APPID_NOT_MATCH");
    assertThat(client.get("/v1.0/healthz?appid=red", TOKEN, "red-secret").status()).isEqualTo(204);
    assertThat(client.get("/v1.0/healthz?appid=green", TOKEN, "red-secret").status())
        .isEqualTo(500);
    assertThat(client.get("/v1.0/metadata/healthz").status()).isEqualTo(401);
    daemon.health().add("apps");
    assertThat(client.get("/v1.0/healthz").text()).contains("dapr is not ready: [apps]");
  }

  @Test
  void grpcCallersAreKnownInTheSameWayAndOneConnectionCarriesMany() {
    try (GrpcApiClient client = new GrpcApiClient(grpc)) {
      for (int i = 0; i < 3; i++) {
        assertThat(metadata(client, TOKEN, "red-secret").ok().getId()).isEqualTo("red");
        assertThat(
                metadata(client, TOKEN, "green-secret", "dapr-caller-app-id", "red").ok().getId())
            .isEqualTo("green");
        GrpcApiClient.Answer<GetMetadataResponse> none = metadata(client);
        assertThat(none.status()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(none.message()).isEqualTo("Unauthorized");
        assertThat(cause(none)).isEqualTo("missing api token in request metadata");
        GrpcApiClient.Answer<GetMetadataResponse> wrong = metadata(client, TOKEN, "wrong");
        assertThat(wrong.status()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(cause(wrong)).isEqualTo("authentication error: api token mismatch");
      }
      red.close();
      assertThat(metadata(client, TOKEN, "red-secret").status()).isEqualTo(GrpcStatus.UNAVAILABLE);
      blue.close();
    }
  }

  private static GrpcApiClient.Answer<GetMetadataResponse> metadata(
      GrpcApiClient client, String... metadata) {
    return client.dapr(
        "GetMetadata",
        GetMetadataRequest.getDefaultInstance(),
        GetMetadataResponse.parser(),
        metadata);
  }

  private static String cause(GrpcApiClient.Answer<?> answer) {
    try {
      return answer
          .details()
          .getDetails(0)
          .unpack(ErrorInfo.class)
          .getMetadataOrThrow("http.error_message");
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCallOverTheRateIsRefusedBeforeItsBodyIsRead() throws Exception {
    daemon.registry().declare(RED, new Quota(0.001, 2, 0));
    try (RawHttp connection = new RawHttp(http);
        GrpcApiClient client = new GrpcApiClient(grpc)) {
      assertThat(connection.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(200);
      assertThat(metadata(client, TOKEN, "red-secret").status()).isEqualTo(GrpcStatus.OK);

      // The head of a request whose body never comes.
      RawHttp.Answer refused =
          connection.send(
              "POST /v1.0/state/x HTTP/1.1\r\nHost: h\r\n"
                  + TOKEN
                  + ": red-secret\r\nContent-Length: 1000\r\n\r\n");

      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.body()).contains("TENANT_RATE_LIMITED");
      assertThat(refused.head().toLowerCase(Locale.ROOT)).containsPattern("retry-after: [1-9]");
      GrpcApiClient.Answer<GetMetadataResponse> grpcRefused = metadata(client, TOKEN, "red-secret");
      assertThat(grpcRefused.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
      assertThat(grpcRefused.details().toString()).contains("TENANT_RATE_LIMITED");
      // Nobody else's calls are refused, and its own are again served when its quota is changed.
      assertThat(metadata(client, TOKEN, "green-secret").status()).isEqualTo(GrpcStatus.OK);
      assertThat(new HttpApiClient(http).get("/v1.0/healthz", TOKEN, "red-secret").status())
          .isEqualTo(204);
      daemon.registry().declare(RED, Quota.UNLIMITED);
      assertThat(metadata(client, TOKEN, "red-secret").status()).isEqualTo(GrpcStatus.OK);
    }
  }

  @Test
  void callsInFlightAreLimitedOverBothFrontsTogether() throws Exception {
    daemon.registry().declare(RED, new Quota(0, 0, 1));
    try (RawHttp slow = new RawHttp(http);
        GrpcApiClient client = new GrpcApiClient(grpc)) {
      Thread holder =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try { // a PUT whose body does not come: it is in flight until the connection
                      // closes
                      slow.send(
                          "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\n"
                              + TOKEN
                              + ": red-secret\r\nContent-Length: 5\r\n\r\n");
                    } catch (java.io.IOException closed) {
                      // As wanted.
                    }
                  });
      await().until(() -> daemon.registry().tenant(RED).orElseThrow().admission().inFlight() == 1);

      HttpApiClient.Answer refused =
          new HttpApiClient(http).get("/v1.0/metadata", TOKEN, "red-secret");

      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.text()).contains("TENANT_CONCURRENCY_LIMITED");
      assertThat(refused.header("retry-after")).hasValue("1");
      assertThat(metadata(client, TOKEN, "red-secret").status())
          .isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
      assertThat(new HttpApiClient(http).get("/v1.0/metadata", TOKEN, "green-secret").status())
          .isEqualTo(200);
      slow.close();
      holder.join();
    }
    await().until(() -> daemon.registry().tenant(RED).orElseThrow().admission().inFlight() == 0);
    assertThat(new HttpApiClient(http).get("/v1.0/metadata", TOKEN, "red-secret").status())
        .isEqualTo(200);
    assertThat(daemon.registry().instances(RED).getFirst().runtime().calls().count()).isZero();
  }

  @Test
  void severalInstancesOfAnAppShareItsCallsAndAConnectionStays() throws Exception {
    Sidecar second = running.open(SidecarSpec.app("red"));
    try (RawHttp one = new RawHttp(http);
        RawHttp two = new RawHttp(http);
        RawHttp three = new RawHttp(http)) {
      for (RawHttp connection : List.of(one, two, three)) {
        one.get("/v1.0/metadata", TOKEN, "red-secret");
        assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "red-secret").body()))
            .isEqualTo("red");
      }
      second.close();
      for (RawHttp connection : List.of(one, two, three)) {
        assertThat(appOf(connection.get("/v1.0/metadata", TOKEN, "red-secret").body()))
            .isEqualTo("red");
      }
    }
  }

  @Test
  void anInvokedAppDoesNotLearnItsCallersToken() throws Exception {
    List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    HttpServer app = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    app.createContext(
        "/",
        exchange -> {
          exchange
              .getRequestHeaders()
              .forEach((name, values) -> seen.add(name.toLowerCase(Locale.ROOT) + "=" + values));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    app.start();
    running.open(SidecarSpec.app("callee").app(app.getAddress().getPort(), "http"));
    HttpApiClient client = new HttpApiClient(http);

    await()
        .until(
            () -> client.get("/v1.0/invoke/callee/method/x", TOKEN, "red-secret").status() == 204);

    assertThat(seen).isNotEmpty().noneMatch(header -> header.contains("red-secret"));
    assertThat(seen).anyMatch(header -> header.startsWith("dapr-caller-app-id=[red"));
    app.stop(0);
  }
}
