package io.jitney.daemon.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whoever calls an app, by whatever way: the call is a delivery of that app's tenant from its
 * beginning to its end, and of nobody else.
 */
class DeliveriesIT {
  private static final String INVOKE = "/dapr.proto.runtime.v1.Dapr/InvokeService";

  private final InProcessDaemon daemon = new InProcessDaemon();
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http1 = vertx.createHttpClient();
  private final HttpClient http2 =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));
  private final List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
  private Sidecar red;
  private Sidecar blue;

  private static final String EVENTS =
      """
      apiVersion: dapr.io/v2alpha1
      kind: Subscription
      metadata:
        name: s
      spec:
        pubsubname: ps
        topic: t
        routes:
          default: /x
      """;
  private static final String IMPATIENT =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata:
        name: r
      spec:
        policies:
          timeouts:
            short: 300ms
        targets:
          components:
            ps:
              inbound:
                timeout: short
      """;

  private static void answer(HttpServerRequest call, int grpcStatus) {
    call.response()
        .putHeader("content-type", "application/grpc")
        .putHeader("grpc-status", Integer.toString(grpcStatus))
        .end();
  }

  /** Both have an app of either protocol; what is called stays open until a test answers it. */
  private void open(String protocol) throws Exception {
    HttpServer app =
        get(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      if (request.path().startsWith("/dapr/")) {
                        request.response().setStatusCode(404).end();
                      } else if (request.path().endsWith("/ListTopicSubscriptions")) {
                        answer(request, 12);
                      } else {
                        request.response().exceptionHandler(gone -> {});
                        request.resume();
                        held.add(request);
                      }
                    })
                .listen(0, "127.0.0.1"));
    red =
        daemon.open(
            SidecarSpec.app("red")
                .component("ps", "pubsub.in-memory")
                .resource("s.yaml", EVENTS)
                .resource("r.yaml", IMPATIENT)
                .app(app.actualPort(), protocol));
    blue = daemon.open(SidecarSpec.app("blue").app(app.actualPort(), protocol));
    daemon
        .daemon()
        .registry()
        .declare(new TenantId("default", "red"), new Quota(0, 0, 0, 0, 0, 1, 0, 0));
  }

  @BeforeEach
  void nothing() {
    held.clear();
  }

  @AfterEach
  void close() {
    daemon.close();
    vertx.close();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private long deliveries(String app) {
    return daemon
        .daemon()
        .registry()
        .tenant(new TenantId("default", app))
        .orElseThrow()
        .admission()
        .counts()
        .deliveries();
  }

  private void isRunning(String app, int deliveries) {
    await()
        .untilAsserted(
            () -> {
              assertThat(held).hasSize(1);
              assertThat(deliveries(app)).isEqualTo(deliveries);
            });
  }

  private Sidecar sidecar(String app) {
    return app.equals("red") ? red : blue;
  }

  @ParameterizedTest
  @CsvSource({"red", "blue"})
  void invokedOverHttp(String caller) throws Exception {
    open("http");
    String path = "/v1.0/invoke/red/method/hold";
    HttpClientRequest first =
        get(http1.request(HttpMethod.GET, sidecar(caller).httpPort(), "127.0.0.1", path));
    first.exceptionHandler(gone -> {});
    first.end();
    isRunning("red", 1);

    HttpApiClient.Answer second = new HttpApiClient(sidecar(caller).httpPort()).get(path);

    assertThat(second.status()).isEqualTo(429);
    assertThat(second.text()).contains(Reason.DELIVERIES.code(), "default/red");
    assertThat(held).as("the second did not reach the app").hasSize(1);
    assertThat(deliveries("blue")).isZero();
    first.connection().close();
    await().until(() -> deliveries("red") == 0);
  }

  private static Buffer frame(Message message) {
    byte[] bytes = message.toByteArray();
    return Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
  }

  private HttpClientRequest grpc(String caller, String path, Buffer message) throws Exception {
    HttpClientRequest call =
        get(
            http2.request(
                new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setHost("127.0.0.1")
                    .setPort(sidecar(caller).grpcPort())
                    .setURI(path)));
    call.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
    call.putHeader("dapr-app-id", "red");
    call.exceptionHandler(gone -> {});
    call.end(message);
    return call;
  }

  private static void isRefused(HttpClientRequest call) throws Exception {
    HttpClientResponse answer = get(call.response());
    assertThat(answer.getHeader("grpc-status")).isEqualTo("8");
    Status status =
        Status.parseFrom(Base64.getDecoder().decode(answer.getHeader("grpc-status-details-bin")));
    assertThat(status.getDetailsList().stream().filter(any -> any.is(ErrorInfo.class)))
        .singleElement()
        .satisfies(
            any ->
                assertThat(any.unpack(ErrorInfo.class).getReason())
                    .isEqualTo(Reason.DELIVERIES.code()));
  }

  @ParameterizedTest
  @CsvSource({"red", "blue"})
  void invokedOverGrpc(String caller) throws Exception {
    open("grpc");
    Buffer message =
        frame(
            InvokeServiceRequest.newBuilder()
                .setId("red")
                .setMessage(
                    InvokeRequest.newBuilder()
                        .setMethod("hold")
                        .setHttpExtension(
                            HTTPExtension.newBuilder().setVerb(HTTPExtension.Verb.POST)))
                .build());
    HttpClientRequest first = grpc(caller, INVOKE, message);
    isRunning("red", 1);

    isRefused(grpc(caller, INVOKE, message));

    assertThat(held).hasSize(1);
    assertThat(deliveries("blue")).isZero();
    first.reset(8);
    await().until(() -> deliveries("red") == 0);
  }

  @ParameterizedTest
  @CsvSource({"red,cancelled", "blue,cancelled", "red,answered", "blue,answered"})
  void proxied(String caller, String end) throws Exception {
    open("grpc");
    Buffer message = frame(InvokeRequest.newBuilder().setMethod("x").build());
    HttpClientRequest first = grpc(caller, "/my.pkg.Svc/Hold", message);
    isRunning("red", 1);

    isRefused(grpc(caller, "/my.pkg.Svc/Hold", message));

    assertThat(held).hasSize(1);
    assertThat(deliveries("blue")).isZero();
    if (end.equals("cancelled")) {
      first.reset(8);
    } else {
      answer(held.getFirst(), 0);
    }
    await().until(() -> deliveries("red") == 0);
    grpc(caller, "/my.pkg.Svc/Hold", message);
    await().untilAsserted(() -> assertThat(held).hasSize(2));
  }

  @ParameterizedTest
  @CsvSource({"http", "grpc"})
  void anEventThatTakesTooLongIsGivenUp(String protocol) throws Exception {
    open(protocol);
    HttpApiClient api = new HttpApiClient(red.httpPort());
    await()
        .untilAsserted(
            () -> {
              assertThat(api.post("/v1.0/publish/ps/t", "one").status()).isEqualTo(204);
              assertThat(held).as("subscribed").isNotEmpty();
            });
    HttpServerRequest first = held.getFirst();

    await().until(() -> first.response().closed());
    assertThat(api.post("/v1.0/publish/ps/t", "two").status()).isEqualTo(204);
    await().until(() -> held.size() > 1);
    await().until(() -> deliveries("red") == 0);
    assertThat(deliveries("blue")).isZero();
  }
}
