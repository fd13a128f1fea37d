package io.jitney.daemon.admission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.dapr.v1.DaprMetadataProtos.GetMetadataRequest;
import io.dapr.v1.DaprMetadataProtos.GetMetadataResponse;
import io.dapr.v1.DaprMetadataProtos.SetMetadataRequest;
import io.jitney.daemon.Daemon;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.AdmissionCounts;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Limits through the real front doors: who is over them is refused, everybody else is untouched.
 */
class AdmissionIT {
  private static final TenantId RED = new TenantId("default", "red");
  private static final String CALL = "/dapr.proto.runtime.v1.Dapr/SetMetadata";

  private final InProcessDaemon running = new InProcessDaemon();
  private final Daemon daemon = running.daemon();
  private final Vertx vertx = Vertx.vertx();
  private HttpServer app;
  private Sidecar red;
  private Sidecar green;

  @BeforeEach
  void open() throws Exception {
    app =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      String type = request.getHeader("content-type");
                      if (type != null && type.startsWith("application/grpc")) {
                        request.pause();
                      } else if (request.path().equals("/slow")) {
                        request.response().setChunked(true).write("begun");
                      } else if (request.path().equals("/silent")) {
                        request.pause();
                      } else {
                        request.response().end("ok");
                      }
                    })
                .listen(0, "127.0.0.1"));
    red = running.open(SidecarSpec.app("red"));
    running.open(SidecarSpec.app("blue").app(app.actualPort(), "grpc"));
    green = running.open(SidecarSpec.app("green").app(app.actualPort(), "http"));
  }

  @AfterEach
  void close() {
    running.close();
    vertx.close();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void quota(Quota quota) {
    daemon.registry().declare(RED, quota);
  }

  private static Quota bytes(long inFlight, long bodySize) {
    return new Quota(0, 0, 0, 0, 0, 0, inFlight, bodySize);
  }

  private AdmissionCounts counts() {
    return daemon.registry().tenant(RED).orElseThrow().admission().counts();
  }

  private AppInstance instance() {
    return daemon.registry().instances(RED).getFirst().runtime();
  }

  /** Nothing is held any more: no place, no byte, no running call. */
  private void nothingIsHeld() {
    org.awaitility.Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(counts().inFlight()).isZero();
              assertThat(counts().streams()).isZero();
              assertThat(counts().bytes()).isZero();
              assertThat(instance().calls().count()).isZero();
            });
  }

  /** One HTTP/1.1 connection. */
  private static final class Raw implements AutoCloseable {
    final Socket socket = new Socket();

    Raw(int port) throws IOException {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
      socket.setSoTimeout(10_000);
    }

    void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    }

    String answer() throws IOException {
      InputStream in = socket.getInputStream();
      StringBuilder text = new StringBuilder();
      while (text.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("closed after: " + text);
        }
        text.append((char) next);
      }
      for (String line : text.toString().toLowerCase(java.util.Locale.ROOT).split("\r\n")) {
        if (line.startsWith("content-length:")) {
          int length = Integer.parseInt(line.substring(15).strip());
          text.append(new String(in.readNBytes(length), ISO_8859_1));
        }
      }
      return text.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  @Test
  void aRefusalSaysWhichLimitItsValueAndWhenToComeBack() throws Exception {
    quota(new Quota(0.1, 1, 0));
    HttpApiClient http = new HttpApiClient(red.httpPort());
    assertThat(http.get("/v1.0/metadata").status()).isEqualTo(200);

    HttpApiClient.Answer refused = http.get("/v1.0/metadata");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("retry-after")).hasValue("10");
    JsonObject error = new JsonObject(refused.text());
    assertThat(error.getString("errorCode")).isEqualTo("ERR_TENANT_RATE_LIMITED");
    assertThat(error.getJsonArray("details").encode())
        .contains(
            "10.0s",
            "jitney.io",
            "0.1 calls per second (burst 1)",
            "\"value\":\"0.1\"",
            "default/red");
    try (GrpcApiClient grpc = new GrpcApiClient(red.grpcPort())) {
      GrpcApiClient.Answer<GetMetadataResponse> answer =
          grpc.dapr(
              "GetMetadata", GetMetadataRequest.getDefaultInstance(), GetMetadataResponse.parser());
      assertThat(answer.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
      Status details = answer.details();
      assertThat(details.getDetails(0).unpack(RetryInfo.class).getRetryDelay().getSeconds())
          .isEqualTo(10);
      ErrorInfo info = details.getDetails(1).unpack(ErrorInfo.class);
      assertThat(info.getDomain()).isEqualTo("jitney.io");
      assertThat(info.getReason()).isEqualTo("TENANT_RATE_LIMITED");
      assertThat(info.getMetadataMap()).containsEntry("tenant", "default/red");
    }
    assertThat(new HttpApiClient(green.httpPort()).get("/v1.0/metadata").status()).isEqualTo(200);
    assertThat(counts().refused(Reason.RATE)).isEqualTo(2);
    assertThat(daemon.registry().tenant(RED).orElseThrow().counters().snapshot().refusals())
        .containsEntry(Reason.RATE, 2L);
  }

  @Test
  void theConnectionStaysUsableAfterARefusalWithASmallBody() throws Exception {
    quota(new Quota(0.001, 1, 0));
    try (Raw raw = new Raw(red.httpPort())) {
      raw.write("GET /v1.0/metadata HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.answer()).startsWith("HTTP/1.1 200");
      for (int i = 0; i < 3; i++) {
        raw.write(
            "POST /v1.0/state/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"
                + "x".repeat(1_000));
        assertThat(raw.answer()).startsWith("HTTP/1.1 429").contains("TENANT_RATE_LIMITED");
      }
      quota(Quota.UNLIMITED);
      raw.write("GET /v1.0/metadata HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.answer()).startsWith("HTTP/1.1 200");
    }
    nothingIsHeld();
  }

  @Test
  void controlTrafficIsNeverRefused() throws Exception {
    quota(new Quota(0.001, 1, 1));
    HttpApiClient http = new HttpApiClient(red.httpPort());
    http.get("/v1.0/metadata");
    assertThat(http.get("/v1.0/metadata").status()).isEqualTo(429);

    assertThat(http.get("/v1.0/healthz").status()).isEqualTo(204);
    assertThat(http.get("/v1.0/healthz/outbound").status()).isEqualTo(204);
    assertThat(http.post("/v1.0/shutdown", "").status()).isEqualTo(204);
    try (GrpcApiClient grpc = new GrpcApiClient(red.grpcPort())) {
      assertThat(
              grpc.dapr(
                      "Shutdown",
                      io.dapr.v1.DaprProtos.ShutdownRequest.getDefaultInstance(),
                      com.google.protobuf.Empty.parser())
                  .status())
          .isEqualTo(GrpcStatus.OK);
    }
  }

  @Test
  void announcedBytesAreHeldFromTheHeadOn() throws Exception {
    quota(bytes(10_000, 8_000));
    try (Raw holder = new Raw(red.httpPort())) {
      holder.write("PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\nContent-Length: 7000\r\n\r\n");
      org.awaitility.Awaitility.await().until(() -> counts().bytes() == 7_000);
      HttpApiClient http = new HttpApiClient(red.httpPort());

      assertThat(http.post("/v1.0/state/x", "x".repeat(4_000)).status()).isEqualTo(429);
      assertThat(http.post("/v1.0/state/x", "x".repeat(4_000)).text())
          .contains("TENANT_BYTES_LIMITED");
      HttpApiClient.Answer large = http.post("/v1.0/state/x", "x".repeat(9_000));
      assertThat(large.status()).isEqualTo(413);
      assertThat(large.text()).contains("TENANT_BODY_TOO_LARGE", "8000 bytes");
      assertThat(http.post("/v1.0/state/x", "[]").status()).isNotEqualTo(429);
      assertThat(
              new HttpApiClient(green.httpPort()).post("/v1.0/state/x", "x".repeat(9_000)).status())
          .isNotIn(413, 429);
    }
    nothingIsHeld();
  }

  @Test
  void bytesOfAStreamedBodyAreHeldAsTheyComeAndTheCallEndsCleanly() throws Exception {
    quota(bytes(20_000, 8_000));
    try (Raw raw = new Raw(red.httpPort());
        Raw other = new Raw(red.httpPort())) {
      String head =
          "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
      String piece = "1000\r\n" + "x".repeat(4096) + "\r\n";
      raw.write(head + piece);
      org.awaitility.Awaitility.await().until(() -> counts().bytes() == 4_096);
      other.write(head + piece);
      org.awaitility.Awaitility.await().until(() -> counts().bytes() == 8_192);
      other.write(piece); // beyond the size of a body
      assertThat(other.answer()).startsWith("HTTP/1.1 413").contains("TENANT_BODY_TOO_LARGE");
      raw.write("800\r\n" + "x".repeat(2048) + "\r\n0\r\n\r\n");
      assertThat(raw.answer()).startsWith("HTTP/1.1 204");
    }
    nothingIsHeld();
  }

  @Test
  void bytesOfAGrpcMessageAreHeldAsTheyCome() throws Exception {
    quota(bytes(0, 8_000));
    try (GrpcApiClient grpc = new GrpcApiClient(red.grpcPort())) {
      GrpcApiClient.Answer<GetMetadataResponse> refused =
          grpc.dapr(
              "SetMetadata",
              SetMetadataRequest.newBuilder().setKey("k").setValue("x".repeat(100_000)).build(),
              GetMetadataResponse.parser());
      assertThat(refused.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
      assertThat(refused.details().getDetails(1).unpack(ErrorInfo.class).getReason())
          .isEqualTo("TENANT_BODY_TOO_LARGE");
      assertThat(
              grpc.dapr(
                      "SetMetadata",
                      SetMetadataRequest.newBuilder().setKey("k").setValue("v").build(),
                      GetMetadataResponse.parser())
                  .status())
          .isEqualTo(GrpcStatus.OK);
    }
    nothingIsHeld();
  }

  /** Every way in which a client can leave an HTTP call. */
  @Test
  void anHttpCallThatItsClientLeavesGivesBackWhatItHeld() throws Exception {
    quota(bytes(1_000_000, 0));
    String silent = "/v1.0/invoke/green/method/silent";
    String slow = "/v1.0/invoke/green/method/slow";
    List<String> ways =
        List.of(
            "GET " + silent + " HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET " + slow + " HTTP/1.1\r\nHost: h\r\n\r\n",
            "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n",
            "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n123",
            "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "POST "
                + silent
                + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    for (String request : ways) {
      for (boolean reset : new boolean[] {false, true}) {
        Raw raw = new Raw(red.httpPort());
        raw.write(request);
        org.awaitility.Awaitility.await().until(() -> counts().inFlight() == 1);
        if (reset) {
          raw.reset();
        } else {
          raw.close();
        }
        nothingIsHeld();
      }
    }
  }

  private HttpClientRequest grpcCall(HttpClient client, String path) throws Exception {
    HttpClientRequest call =
        await(
            client.request(
                new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setHost("127.0.0.1")
                    .setPort(red.grpcPort())
                    .setURI(path)));
    call.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
    call.exceptionHandler(gone -> {});
    call.setChunked(true);
    return call;
  }

  private static Buffer frame(com.google.protobuf.Message message) {
    ByteString bytes = message.toByteString();
    return Buffer.buffer()
        .appendByte((byte) 0)
        .appendInt(bytes.size())
        .appendBytes(bytes.toByteArray());
  }

  /** Cancelled before the body, during it, during the answer; stream by stream and all at once. */
  @Test
  void aGrpcCallThatItsClientLeavesGivesBackWhatItHeld() throws Exception {
    quota(bytes(1_000_000, 0));
    Buffer whole =
        frame(SetMetadataRequest.newBuilder().setKey("k").setValue("v".repeat(50)).build());
    for (boolean connection : new boolean[] {false, true}) {
      List<java.util.function.Consumer<HttpClientRequest>> ways =
          List.of(
              HttpClientRequest::sendHead,
              call -> {
                call.sendHead();
                call.write(whole.slice(0, 20));
              },
              call -> {
                call.putHeader("dapr-app-id", "blue");
                call.sendHead();
                call.write(whole);
              });
      for (int way = 0; way < ways.size(); way++) {
        HttpClient client =
            vertx.createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
        HttpClientRequest call = grpcCall(client, way == 2 ? "/any.Service/Method" : CALL);
        ways.get(way).accept(call);
        org.awaitility.Awaitility.await().until(() -> counts().inFlight() == 1);
        if (connection) {
          call.connection().close();
        } else {
          call.reset(8);
        }
        nothingIsHeld();
        await(client.close());
      }
    }
  }

  @Test
  void aGrpcCallWhoseAnswerIsUnderWayGivesBackWhatItHeld() throws Exception {
    quota(bytes(1_000_000, 0));
    for (boolean connection : new boolean[] {false, true}) {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      HttpClientRequest call = grpcCall(client, "/dapr.proto.runtime.v1.Dapr/InvokeService");
      call.sendHead();
      call.end(
          frame(
              io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest.newBuilder()
                  .setId("green")
                  .setMessage(
                      io.dapr.v1.CommonProtos.InvokeRequest.newBuilder()
                          .setMethod("silent")
                          .setHttpExtension(
                              io.dapr.v1.CommonProtos.HTTPExtension.newBuilder()
                                  .setVerb(io.dapr.v1.CommonProtos.HTTPExtension.Verb.POST)))
                  .build()));
      org.awaitility.Awaitility.await().until(() -> counts().inFlight() == 1);
      if (connection) {
        call.connection().close();
      } else {
        call.reset(8);
      }
      nothingIsHeld();
      await(client.close());
    }
  }

  /** A policy that changes all the time drops no call, and counts from the next call on. */
  @Test
  void policiesChangeUnderLoadWithoutADroppedCall() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger served = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    List<String> odd = new java.util.concurrent.CopyOnWriteArrayList<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean greenOne = i == 3;
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    HttpApiClient http =
                        new HttpApiClient(greenOne ? green.httpPort() : red.httpPort());
                    while (!stop.get()) {
                      try {
                        int status = http.get("/v1.0/metadata").status();
                        if (status == 200) {
                          served.incrementAndGet();
                        } else if (status == 429 && !greenOne) {
                          refused.incrementAndGet();
                        } else {
                          odd.add((greenOne ? "green " : "red ") + status);
                        }
                      } catch (RuntimeException broken) {
                        odd.add(broken.toString());
                      }
                    }
                  }));
    }
    for (int i = 0; i < 60; i++) {
      quota(
          switch (i % 3) {
            case 0 -> Quota.UNLIMITED;
            case 1 -> new Quota(50 + i, 10, 1 + i % 2, 2, 1, 1, 1_000, 500);
            default -> new Quota(0.001, 1, 0); // whatever the machine's speed, some are refused
          });
      Thread.sleep(25);
    }
    stop.set(true);
    for (Thread client : clients) {
      client.join();
    }

    assertThat(odd).isEmpty();
    assertThat(served.get()).isPositive();
    assertThat(refused.get()).isPositive();
    nothingIsHeld();
  }
}
