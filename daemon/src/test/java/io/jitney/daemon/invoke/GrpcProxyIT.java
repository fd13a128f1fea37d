package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.error.GrpcMessageText;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** gRPC calls of any kind, passed to the app that metadata names. */
class GrpcProxyIT {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();
  private static final AtomicInteger TESTS = new AtomicInteger();

  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client = GrpcClient.client(vertx);
  private final int number = TESTS.incrementAndGet();
  private final String a = "ga-" + number;
  private final String b = "gb-" + number;
  private final List<MultiMap> seen = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private Sidecar caller;
  private Sidecar callee;

  @BeforeEach
  void open() throws Exception {
    int port = app();
    caller = DAEMON.open(SidecarSpec.app(a).maxBodySize(10_000));
    callee =
        DAEMON.open(
            SidecarSpec.app(b)
                .app(port, "grpc")
                .env("APP_API_TOKEN", "secret")
                .maxBodySize(10_000));
  }

  @AfterEach
  void close() {
    vertx.close();
  }

  @Test
  void aUnaryCallWithMetadataBothWays() throws Exception {
    Answer answer =
        call(
            caller,
            "Echo",
            List.of("hello"),
            "dapr-app-id",
            b,
            "x-custom",
            "v",
            "x-raw-bin",
            "AAEC");
    assertThat(answer.status()).isEqualTo(GrpcStatus.OK);
    assertThat(answer.messages()).containsExactly("hello");
    assertThat(answer.headers().get("x-initial")).isEqualTo("one");
    assertThat(answer.trailers().get("x-trailer")).isEqualTo("two");
    MultiMap metadata = seen.getFirst();
    assertThat(metadata.get("x-custom")).isEqualTo("v");
    assertThat(metadata.get("x-raw-bin")).isEqualTo("AAEC");
    assertThat(metadata.getAll("dapr-caller-app-id")).containsExactly(a);
    assertThat(metadata.getAll("dapr-callee-app-id")).containsExactly(b);
    assertThat(metadata.getAll("dapr-api-token")).containsExactly("secret");
    assertThat(metadata.contains("dapr-app-id")).isFalse();
  }

  @Test
  void identityAndTokenOfTheClientDoNotReachTheApp() throws Exception {
    call(
        caller,
        "Echo",
        List.of("x"),
        "dapr-app-id",
        b,
        "dapr-caller-app-id",
        "evil",
        "dapr-caller-namespace",
        "evil",
        "dapr-api-token",
        "mine");
    assertThat(seen.getFirst().getAll("dapr-caller-app-id")).containsExactly(a);
    assertThat(seen.getFirst().contains("dapr-caller-namespace")).isFalse();
    assertThat(seen.getFirst().getAll("dapr-api-token")).containsExactly("secret");
    call(callee, "Echo", List.of("x"), "dapr-app-id", b, "dapr-caller-app-id", "evil");
    assertThat(seen.getLast().contains("dapr-caller-app-id")).isFalse();
    assertThat(seen.getLast().contains("traceparent")).as("own app").isFalse();
  }

  @Test
  void everyKindOfStream() throws Exception {
    assertThat(call(caller, "Count", List.of("5"), "dapr-app-id", b).messages())
        .containsExactly("1", "2", "3", "4", "5");
    assertThat(call(caller, "Join", List.of("a", "b", "c"), "dapr-app-id", b).messages())
        .containsExactly("abc");
    assertThat(call(caller, "Echo", List.of("a", "", "c"), "dapr-app-id", b).messages())
        .containsExactly("a", "", "c");
  }

  @Test
  void messagesOfAStreamPassWhileItIsOpen() throws Exception {
    GrpcClientRequest<Buffer, Buffer> request = open(caller, "Echo", "dapr-app-id", b);
    List<String> got = new CopyOnWriteArrayList<>();
    request.write(Buffer.buffer("ping"));
    // On the client's loop: head and message may come together, and wait for nobody.
    GrpcClientResponse<Buffer, Buffer> response =
        await(
            request
                .response()
                .onSuccess(answer -> answer.handler(message -> got.add(message.toString()))));
    assertThat(response.headers().get("x-initial")).isEqualTo("one");
    await(() -> got.equals(List.of("ping")));
    request.write(Buffer.buffer("pong"));
    await(() -> got.equals(List.of("ping", "pong")));
    request.end();
    await(response.end());
    assertThat(response.status()).isEqualTo(GrpcStatus.OK);
    await(() -> inFlight() == 0);
  }

  @Test
  void aCancelledStreamIsCancelledAtTheApp() throws Exception {
    GrpcClientRequest<Buffer, Buffer> request = open(caller, "Wait", "dapr-app-id", b);
    request.write(Buffer.buffer("x"));
    await(() -> told.contains("waiting"));
    assertThat(inFlight()).isEqualTo(1);
    request.cancel();
    await(() -> told.contains("cancelled"));
    await(() -> inFlight() == 0);
  }

  private Sidecar withPolicies(String name, String policies, String target) {
    return DAEMON.open(
        SidecarSpec.app(name + "-" + number)
            .maxBodySize(10_000)
            .resource(
                "r.yaml",
                "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: r\nspec:\n  policies:\n"
                    + policies.indent(4)
                    + "  targets:\n    apps:\n      "
                    + b
                    + ":\n"
                    + target.indent(8)));
  }

  @Test
  void theCallersPolicyRepeatsAndEndsCalls() throws Exception {
    Sidecar patient =
        withPolicies(
            "pa",
            "timeouts:\n  t: 300ms\nretries:\n  r:\n    duration: 10ms\n    maxRetries: 2\n",
            "timeout: t\nretry: r\n");
    Answer echo = call(patient, "Echo", List.of("hello"), "dapr-app-id", b);
    assertThat(echo.status()).isEqualTo(GrpcStatus.OK);
    assertThat(echo.messages()).containsExactly("hello");
    assertThat(echo.headers().get("x-initial")).isEqualTo("one");
    assertThat(echo.trailers().get("x-trailer")).isEqualTo("two");
    seen.clear();

    Answer failed = call(patient, "Fail", List.of("x"), "dapr-app-id", b);
    assertThat(failed.status()).isEqualTo(GrpcStatus.ALREADY_EXISTS);
    assertThat(failed.message()).isEqualTo("wäs böse");
    assertThat(seen).hasSize(3);
    call(caller, "Fail", List.of("x"), "dapr-app-id", b);
    assertThat(seen).as("another tenant has no such policy").hasSize(4);

    Answer late = call(patient, "Wait", List.of("x"), "dapr-app-id", b);
    assertThat(late.status()).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED);
    await(() -> told.stream().filter("cancelled"::equals).count() == 3);
    assertThat(call(patient, "Echo", List.of("a", "b"), "dapr-app-id", b).status())
        .isEqualTo(GrpcStatus.FAILED_PRECONDITION);
    Answer stream =
        call(patient, "Echo", List.of("a", "b"), "dapr-app-id", b, "dapr-stream", "true");
    assertThat(stream.messages()).containsExactly("a", "b");
    await(() -> inFlight() == 0);
    await(() -> ((OpenSidecar) patient).opened().instance().memory().held() == 0);
  }

  @Test
  void anOpenBreakerIsItsTenantsAlone() throws Exception {
    Sidecar careful =
        withPolicies(
            "ca",
            "circuitBreakers:\n  c:\n    timeout: 60s\n    trip: consecutiveFailures >= 1\n",
            "circuitBreaker: c\n");
    assertThat(call(careful, "Fail", List.of("x"), "dapr-app-id", b).status())
        .isEqualTo(GrpcStatus.ALREADY_EXISTS);
    seen.clear();
    Answer open = call(careful, "Fail", List.of("x"), "dapr-app-id", b);
    assertThat(open.status()).isEqualTo(GrpcStatus.UNKNOWN);
    assertThat(open.message()).isEqualTo("circuit breaker is open");
    assertThat(seen).isEmpty();
    assertThat(call(caller, "Fail", List.of("x"), "dapr-app-id", b).status())
        .isEqualTo(GrpcStatus.ALREADY_EXISTS);
    assertThat(call(careful, "Echo", List.of("x"), "dapr-app-id", b).status())
        .as("another method")
        .isEqualTo(GrpcStatus.OK);
  }

  @Test
  void errorsOfTheApp() throws Exception {
    Answer answer = call(caller, "Fail", List.of("x"), "dapr-app-id", b);
    assertThat(answer.status()).isEqualTo(GrpcStatus.ALREADY_EXISTS);
    assertThat(answer.message()).isEqualTo("wäs böse");
    assertThat(answer.trailers().get("x-trailer")).isEqualTo("two");
  }

  @Test
  void aMessageOverTheLimitIsRefusedInBothDirections() throws Exception {
    assertThat(call(caller, "Echo", List.of("x".repeat(10_000)), "dapr-app-id", b).status())
        .isEqualTo(GrpcStatus.OK);
    Answer up = call(caller, "Join", List.of("x".repeat(10_001)), "dapr-app-id", b);
    assertThat(up.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
    assertThat(up.message()).isEqualTo("grpc: received message larger than max (10001 vs. 10000)");
    Answer down =
        call(caller, "Join", List.of("x".repeat(6_000), "x".repeat(6_000)), "dapr-app-id", b);
    assertThat(down.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
    assertThat(down.message())
        .isEqualTo("grpc: received message larger than max (12000 vs. 10000)");
  }

  @Test
  void callsWithoutUsableTarget() throws Exception {
    assertThat(call(caller, "Echo", List.of("x")).message())
        .isEqualTo("cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata");
    assertThat(call(caller, "Echo", List.of("x"), "dapr-app-id", "").message())
        .isEqualTo("app id is empty");
    Answer nobody = call(caller, "Echo", List.of("x"), "dapr-app-id", "nobody-" + number);
    assertThat(nobody.status()).isEqualTo(GrpcStatus.UNKNOWN);
    assertThat(nobody.message())
        .isEqualTo("timeout waiting for address for app id nobody-" + number);
    Answer own = call(caller, "Echo", List.of("x"), "dapr-app-id", a);
    assertThat(own.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
    assertThat(own.message()).contains("dial tcp 127.0.0.1:0: connect: connection refused");
  }

  @Test
  void anotherTenantsAppOfTheSameNameIsNotTheTarget() throws Exception {
    Sidecar elsewhere = DAEMON.open(SidecarSpec.app("x-" + number).env("NAMESPACE", "elsewhere"));
    assertThat(call(elsewhere, "Echo", List.of("x"), "dapr-app-id", b).status())
        .isEqualTo(GrpcStatus.UNKNOWN);
    assertThat(seen).isEmpty();
    assertThat(call(elsewhere, "Echo", List.of("x"), "dapr-app-id", b + ".default").status())
        .as("by its full name, as Dapr allows")
        .isEqualTo(GrpcStatus.OK);
  }

  @Test
  void anAppThatSpeaksNoHttp2() throws Exception {
    try (TestApp http = TestApp.start("http")) {
      String id = "plain-" + number;
      DAEMON.open(SidecarSpec.app(id).app(http.port(), "http"));
      Answer answer = call(caller, "Echo", List.of("x"), "dapr-app-id", id);
      assertThat(answer.status()).isNotEqualTo(GrpcStatus.OK);
    }
  }

  @Test
  void anAppThatDiesInTheMiddle() throws Exception {
    Answer answer = call(caller, "Die", List.of("x"), "dapr-app-id", b);
    assertThat(answer.status()).isNotEqualTo(GrpcStatus.OK);
    await(() -> inFlight() == 0);
  }

  private record Answer(
      GrpcStatus status,
      String message,
      List<String> messages,
      MultiMap headers,
      MultiMap trailers) {}

  private Answer call(Sidecar to, String method, List<String> messages, String... metadata)
      throws Exception {
    GrpcClientRequest<Buffer, Buffer> request = open(to, method, metadata);
    Promise<Answer> answer = Promise.promise();
    List<String> got = new ArrayList<>();
    request
        .response()
        .onSuccess(
            response -> {
              response.handler(message -> got.add(message.toString()));
              response
                  .end()
                  .onComplete(
                      end ->
                          answer.tryComplete(
                              new Answer(
                                  response.status(),
                                  message(response),
                                  got,
                                  response.headers(),
                                  trailers(response))));
            })
        .onFailure(answer::tryFail);
    for (String message : messages) {
      request.write(Buffer.buffer(message));
    }
    request.end();
    return await(answer.future());
  }

  /** Trailing metadata; of an answer that has no message, its only metadata. */
  private static MultiMap trailers(GrpcClientResponse<Buffer, Buffer> response) {
    return response.trailers().isEmpty() ? response.headers() : response.trailers();
  }

  private static String message(GrpcClientResponse<Buffer, Buffer> response) {
    String message = trailers(response).get("grpc-message");
    return message == null ? "" : GrpcMessageText.decode(message);
  }

  private GrpcClientRequest<Buffer, Buffer> open(Sidecar to, String method, String... metadata)
      throws Exception {
    GrpcClientRequest<Buffer, Buffer> request =
        await(client.request(SocketAddress.inetSocketAddress(to.grpcPort(), "127.0.0.1")));
    request.serviceName(ServiceName.create("my.pkg", "Svc")).methodName(method);
    for (int i = 0; i < metadata.length; i += 2) {
      request.headers().add(metadata[i], metadata[i + 1]);
    }
    return request;
  }

  private long inFlight() {
    return ((OpenSidecar) callee).opened().instance().channel().inFlight();
  }

  private int app() throws Exception {
    GrpcServer server = GrpcServer.server(vertx);
    server.callHandler(this::serve);
    HttpServer http = vertx.createHttpServer().requestHandler(server);
    await(http.listen(0, "127.0.0.1"));
    return http.actualPort();
  }

  private void serve(GrpcServerRequest<Buffer, Buffer> request) {
    seen.add(request.headers());
    var response = request.response();
    response.headers().set("x-initial", "one");
    response.trailers().set("x-trailer", "two");
    switch (request.methodName()) {
      case "Echo" -> {
        response.writeHead();
        request.handler(response::write);
        request.endHandler(end -> response.end());
      }
      case "Count" ->
          request
              .last()
              .onSuccess(
                  count -> {
                    for (int i = 1; i <= Integer.parseInt(count.toString()); i++) {
                      response.write(Buffer.buffer(Integer.toString(i)));
                    }
                    response.end();
                  });
      case "Join" -> {
        Buffer all = Buffer.buffer();
        request.handler(all::appendBuffer);
        request.endHandler(end -> response.end(all));
      }
      case "Wait" -> {
        told.add("waiting");
        request.errorHandler(error -> told.add("cancelled"));
        request.handler(message -> {});
      }
      case "Fail" ->
          request.endHandler(
              end -> response.status(GrpcStatus.ALREADY_EXISTS).statusMessage("wäs böse").end());
      default -> {
        response.write(Buffer.buffer("half"));
        request.connection().close();
      }
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(condition);
  }
}
