package io.jitney.daemon.resiliency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.HttpApiClient.Answer;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Policies of two tenants on the way to one app and to one store. */
class ResiliencyIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();
  private static final AtomicInteger TESTS = new AtomicInteger();

  private final Vertx vertx = Vertx.vertx();
  private final int number = TESTS.incrementAndGet();
  private final String target = "target-" + number;

  @AfterEach
  void close() {
    vertx.close();
  }

  private static String resource(String policies, String targets) {
    return "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n"
        + policies.indent(4)
        + "  targets:\n"
        + targets.indent(4);
  }

  private Sidecar caller(String name, String policies, String targets) {
    return DAEMON.open(
        SidecarSpec.app(name + "-" + number).resource("r.yaml", resource(policies, targets)));
  }

  private void app(Handler<HttpServerRequest> handler) {
    Handler<HttpServerRequest> invoked =
        request -> {
          if (request.path().startsWith("/dapr/")) {
            request.response().setStatusCode(404).end(); // the daemon's own questions
          } else {
            handler.handle(request);
          }
        };
    int port = vertx.createHttpServer().requestHandler(invoked).listen(0).await().actualPort();
    Sidecar sidecar = DAEMON.open(SidecarSpec.app(target).app(port, "http"));
    Awaitility.await().until(() -> sidecar.http().get("/v1.0/healthz/outbound").status() == 204);
  }

  private String method(String name) {
    return "/v1.0/invoke/" + target + "/method/" + name;
  }

  private static AppInstance instance(Sidecar sidecar) {
    return ((OpenSidecar) sidecar).opened().instance();
  }

  /** Nobody gets an answer from the server for so long. */
  private static void pause(int millis) throws IOException {
    String address = REDIS.address();
    int colon = address.lastIndexOf(':');
    try (Socket socket =
        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      String command = "CLIENT PAUSE " + millis + " ALL\r\n";
      socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('+');
    }
  }

  @Test
  void oneTenantsOpenBreakerIsNotTheOthers() {
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger status = new AtomicInteger(500);
    app(
        request -> {
          calls.incrementAndGet();
          request.response().setStatusCode(status.get()).end();
        });
    String policies =
        "circuitBreakers:\n  c:\n    timeout: 60s\n    trip: consecutiveFailures >= 2\n";
    String targets = "apps:\n  " + target + ":\n    circuitBreaker: c\n";
    Sidecar red = caller("red", policies, targets);
    Sidecar blue = caller("blue", policies, targets);
    assertThat(red.http().get(method("x")).status()).isEqualTo(500);
    assertThat(red.http().get(method("x")).status()).isEqualTo(500);
    assertThat(red.http().get(method("x")).text()).contains("circuit breaker is open");
    assertThat(calls.get()).isEqualTo(2);

    status.set(200);
    assertThat(blue.http().get(method("x")).status()).isEqualTo(200);
    assertThat(red.http().get(method("x")).text()).contains("circuit breaker is open");
    assertThat(red.http().get(method("other")).status())
        .as("another method has a breaker of its own")
        .isEqualTo(200);
    assertThat(calls.get()).isEqualTo(4);
  }

  @Test
  void anAttemptThatTakesTooLongEndsAtTheAppAndHoldsNothing() {
    List<String> told = new CopyOnWriteArrayList<>();
    app(
        request -> {
          told.add("called");
          request.response().exceptionHandler(gone -> told.add("gone"));
        });
    Sidecar red =
        caller(
            "red",
            "timeouts:\n  t: 150ms\nretries:\n  r:\n    duration: 20ms\n    maxRetries: 1\n",
            "apps:\n  " + target + ":\n    timeout: t\n    retry: r\n");
    Answer answer = red.http().post(method("slow"), "a body that is kept for the second attempt");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).contains("context deadline exceeded");
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(told).containsExactlyInAnyOrder("called", "gone", "called", "gone"));
    Awaitility.await().until(() -> instance(red).memory().held() == 0);
    assertThat(instance(red).admission().inFlight()).isZero();
  }

  @Test
  void aCallerThatLeavesEndsTheRepetitions() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    app(
        request -> {
          calls.incrementAndGet();
          request.response().setStatusCode(503).end();
        });
    Sidecar red =
        caller(
            "red",
            "retries:\n  r:\n    duration: 50ms\n    maxRetries: -1\n",
            "apps:\n  " + target + ":\n    retry: r\n");
    try (Socket socket = new Socket("127.0.0.1", red.httpPort())) {
      String request = "GET " + method("x") + " HTTP/1.1\r\nHost: h\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().until(() -> calls.get() >= 3);
    }
    Awaitility.await().until(() -> instance(red).admission().inFlight() == 0);
    int then = calls.get();
    Thread.sleep(300);
    assertThat(calls.get()).isLessThanOrEqualTo(then + 1);
    assertThat(instance(red).memory().held()).isZero();
  }

  @Test
  void aStoreThatStandsIsOneTenantsBreakerAndNotTheOthers() throws Exception {
    SidecarSpec store =
        SidecarSpec.app("red-" + number)
            .component("s", "state.redis", "redisHost", REDIS.address());
    Sidecar red =
        DAEMON.open(
            store.resource(
                "r.yaml",
                resource(
                    "timeouts:\n  t: 100ms\ncircuitBreakers:\n  c:\n    timeout: 60s\n    trip: consecutiveFailures >= 1\n",
                    "components:\n  s:\n    outbound:\n      timeout: t\n      circuitBreaker: c\n")));
    Sidecar blue =
        DAEMON.open(
            SidecarSpec.app("blue-" + number)
                .component("s", "state.redis", "redisHost", REDIS.address()));
    assertThat(red.http().get("/v1.0/state/s/k").status()).isEqualTo(204);
    pause(600);
    assertThat(red.http().get("/v1.0/state/s/k").text()).contains("context deadline exceeded");
    assertThat(blue.http().get("/v1.0/state/s/k").status()).isEqualTo(204);
    Answer refused = red.http().get("/v1.0/state/s/k");
    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.text()).contains("circuit breaker is open");
    assertThat(red.http().post("/v1.0/state/s", "[{\"key\":\"k\",\"value\":1}]").text())
        .contains("circuit breaker is open");
    assertThat(blue.http().post("/v1.0/state/s", "[{\"key\":\"k\",\"value\":1}]").status())
        .isEqualTo(204);
  }

  @Test
  void aStoreThatComesBackIsAskedAgain() throws Exception {
    Sidecar red =
        DAEMON.open(
            SidecarSpec.app("red-" + number)
                .component("s", "state.redis", "redisHost", REDIS.address())
                .resource(
                    "r.yaml",
                    resource(
                        "timeouts:\n  DefaultTimeoutPolicy: 150ms\nretries:\n  DefaultRetryPolicy:\n    duration: 50ms\n    maxRetries: 30\n",
                        "{}")));
    pause(500);
    assertThat(
            red.http()
                .post("/v1.0/state/s", "[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":2}]")
                .status())
        .isEqualTo(204);
    assertThat(red.http().get("/v1.0/state/s/b").text()).isEqualTo("2");
    assertThat(red.http().get("/v1.0/metadata").text())
        .contains("\"resiliencies\":[{\"name\":\"r\"}]");
  }
}
