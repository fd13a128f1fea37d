package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.HttpApiClient.Answer;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies as streams, and sides of a call that go away in the middle of it. */
class InvokeStreamsIT {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static final int MIB = 1 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final int number = TESTS.incrementAndGet();
  private final String a = "sa-" + number;
  private final String b = "sb-" + number;

  @AfterEach
  void close() {
    vertx.close();
  }

  @Test
  void aBodyPassesAsItComesInBothDirections() throws Exception {
    Sidecar caller = pair(request -> request.response().setChunked(true).setStatusCode(200));
    int port = echo();
    Sidecar other = DAEMON.open(SidecarSpec.app("echo-" + number).app(port, "http"));
    assertThat(other.http().get("/v1.0/healthz/outbound").status()).isEqualTo(204);
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send(
          "POST /v1.0/invoke/echo-"
              + number
              + "/method/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
              + "Content-Type: text/plain\r\n\r\n");
      raw.sendChunk("one".getBytes(StandardCharsets.UTF_8));
      assertThat(raw.head())
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("transfer-encoding: chunked");
      assertThat(raw.chunk()).isEqualTo("one".getBytes(StandardCharsets.UTF_8));
      raw.sendChunk("two".getBytes(StandardCharsets.UTF_8));
      assertThat(raw.chunk()).isEqualTo("two".getBytes(StandardCharsets.UTF_8));
      raw.send("0\r\n\r\n");
      assertThat(raw.chunk()).isEmpty();
      raw.send("GET /v1.0/healthz HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.head()).as("the connection is usable").startsWith("HTTP/1.1 204");
    }
  }

  @Test
  void aSlowReaderSlowsTheAppDown() throws Exception {
    AtomicLong written = new AtomicLong();
    Sidecar caller =
        pair(
            request -> {
              request.response().setChunked(true);
              pour(request, written, 512L * MIB);
            });
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send("GET /v1.0/invoke/" + b + "/method/x HTTP/1.1\r\nHost: h\r\n\r\n");
      raw.head();
      long before = -1;
      while (before != written.get()) {
        before = written.get();
        Thread.sleep(300);
      }
      assertThat(written.get()).as("what lies in buffers, not the whole").isLessThan(64L * MIB);
      raw.read(16 * MIB);
      Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> written.get() > 8L * MIB);
    }
  }

  private static void pour(HttpServerRequest request, AtomicLong written, long all) {
    Buffer piece = Buffer.buffer(new byte[64 * 1024]);
    while (written.get() < all && !request.response().closed()) {
      request.response().write(piece);
      written.addAndGet(piece.length());
      if (request.response().writeQueueFull()) {
        request.response().drainHandler(drained -> pour(request, written, all));
        return;
      }
    }
  }

  @Test
  void aSlowAppSlowsTheCallerDown() throws Exception {
    Sidecar caller = pair(HttpServerRequest::pause);
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send(
          "POST /v1.0/invoke/"
              + b
              + "/method/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      AtomicLong sent = new AtomicLong();
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    byte[] piece = new byte[64 * 1024];
                    try {
                      while (sent.get() < 512L * MIB) {
                        raw.sendChunk(piece);
                        sent.addAndGet(piece.length);
                      }
                    } catch (java.io.IOException closed) {
                      return;
                    }
                  });
      long before = -1;
      while (before != sent.get()) {
        before = sent.get();
        Thread.sleep(300);
      }
      assertThat(sent.get()).isLessThan(64L * MIB);
      raw.close();
      writer.join();
    }
  }

  @Test
  void aCallerThatGoesAwayTakesItsCallBack() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Sidecar caller =
        pair(
            request -> {
              told.add("called");
              request.response().exceptionHandler(gone -> told.add("gone"));
            });
    AppInstance instance = ((OpenSidecar) caller).opened().instance();
    RawClient raw = new RawClient(caller.httpPort());
    raw.send("GET /v1.0/invoke/" + b + "/method/x HTTP/1.1\r\nHost: h\r\n\r\n");
    await(() -> told.contains("called"));
    assertThat(instance.admission().inFlight()).isEqualTo(1);
    raw.close();
    await(() -> told.contains("gone"));
    await(() -> instance.admission().inFlight() == 0);
    await(() -> inFlight() == 0);
  }

  @Test
  void aCallerThatGoesAwayWhileWaitingForAPlaceLeavesTheQueue() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Handler<HttpServerRequest> app = request -> told.add(request.path());
    Sidecar caller = pair(app, 1);
    try (RawClient first = new RawClient(caller.httpPort())) {
      first.send("GET /v1.0/invoke/" + b + "/method/first HTTP/1.1\r\nHost: h\r\n\r\n");
      await(() -> told.contains("/first"));
      RawClient second = new RawClient(caller.httpPort());
      second.send("GET /v1.0/invoke/" + b + "/method/second HTTP/1.1\r\nHost: h\r\n\r\n");
      await(() -> inFlight() == 2);
      second.close();
      await(() -> inFlight() == 1);
    }
    await(() -> inFlight() == 0);
    assertThat(told).containsExactly("/first");
  }

  @Test
  void anAnswerThatBreaksOffLooksBrokenToTheCaller() throws Exception {
    Sidecar caller =
        pair(
            request -> {
              request.response().setChunked(true).write("half");
              vertx.setTimer(50, late -> request.connection().close());
            });
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send("GET /v1.0/invoke/" + b + "/method/x HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(raw.head()).startsWith("HTTP/1.1 200");
      assertThat(raw.chunk()).isEqualTo("half".getBytes(StandardCharsets.UTF_8));
      assertThat(raw.chunk()).as("no last chunk").isNull();
    }
    await(() -> inFlight() == 0);
  }

  @Test
  void anAppThatClosesWithoutAnswer() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Sidecar caller =
        pair(
            request -> {
              calls.incrementAndGet();
              request.connection().close();
            });
    Answer answer = caller.http().post("/v1.0/invoke/" + b + "/method/drop", "x");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text())
        .contains("error invoking app channel: Post ")
        .contains("/drop\\\": EOF");
    assertThat(calls.get()).as("not repeated").isEqualTo(1);
  }

  @Test
  void anAnswerBeforeTheBodyWasReadEndsTheCall() throws Exception {
    Sidecar caller =
        pair(
            request -> {
              request.pause();
              request
                  .response()
                  .setStatusCode(413)
                  .putHeader("content-type", "text/plain")
                  .end("no");
            });
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send(
          "POST /v1.0/invoke/"
              + b
              + "/method/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      raw.sendChunk(new byte[1000]);
      assertThat(raw.head()).startsWith("HTTP/1.1 413");
    }
    await(() -> inFlight() == 0);
  }

  @Test
  void aStreamOverTheLimitIsCutOff() throws Exception {
    int port = serve(request -> request.body().onSuccess(body -> request.response().end("all")));
    Sidecar caller = DAEMON.open(SidecarSpec.app(a).maxBodySize(1000));
    DAEMON.open(SidecarSpec.app(b).app(port, "http"));
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send(
          "POST /v1.0/invoke/"
              + b
              + "/method/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      raw.sendChunk(new byte[600]).sendChunk(new byte[600]).send("0\r\n\r\n");
      assertThat(raw.head()).startsWith("HTTP/1.1 500");
    }
    await(() -> inFlight() == 0);
  }

  @Test
  void compressionTheCallerDidNotAskForIsUndone() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("hello ".repeat(10_000).getBytes(StandardCharsets.UTF_8));
    }
    Sidecar caller =
        pair(
            request ->
                request
                    .response()
                    .putHeader("content-encoding", "gzip")
                    .putHeader("content-type", "text/plain")
                    .end(Buffer.buffer(packed.toByteArray())));
    Answer plain = caller.http().get("/v1.0/invoke/" + b + "/method/x");
    assertThat(plain.text()).isEqualTo("hello ".repeat(10_000));
    assertThat(plain.header("content-encoding")).isEmpty();
    Answer asked = caller.http().get("/v1.0/invoke/" + b + "/method/x", "accept-encoding", "gzip");
    assertThat(asked.header("content-encoding")).contains("gzip");
    assertThat(asked.body().getBytes()).isEqualTo(packed.toByteArray());
  }

  @Test
  void serverSentEventsArriveOneByOne() throws Exception {
    List<HttpServerRequest> streams = new CopyOnWriteArrayList<>();
    Sidecar caller =
        pair(
            request -> {
              request
                  .response()
                  .putHeader("content-type", "text/plain")
                  .setChunked(true)
                  .write("data: 1\n\n");
              streams.add(request);
            });
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send(
          "GET /v1.0/invoke/"
              + b
              + "/method/x HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n");
      assertThat(raw.head())
          .containsIgnoringCase("content-type: text/event-stream")
          .containsIgnoringCase("cache-control: no-cache");
      assertThat(raw.chunk()).isEqualTo("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
      streams.getFirst().response().end("data: 2\n\n");
      assertThat(raw.chunk()).isEqualTo("data: 2\n\n".getBytes(StandardCharsets.UTF_8));
      assertThat(raw.chunk()).isEmpty();
    }
  }

  @Test
  void aClientThatExpectsContinueIsToldToGoOn() throws Exception {
    Sidecar caller = pair(request -> request.body().onSuccess(request.response()::end));
    try (RawClient raw = new RawClient(caller.httpPort())) {
      raw.send(
          "POST /v1.0/invoke/"
              + b
              + "/method/x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
      assertThat(raw.head()).startsWith("HTTP/1.1 100");
      raw.send("hi");
      assertThat(raw.head()).startsWith("HTTP/1.1 200");
      assertThat(raw.read(2)).isEqualTo("hi".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void oneTenantsHangingAppHoldsNobodyElseUp() throws Exception {
    Sidecar caller = pair(request -> {});
    int port = serve(request -> request.response().end("fine"));
    DAEMON.open(SidecarSpec.app("fine-" + number).app(port, "http"));
    List<RawClient> hanging = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      RawClient raw = new RawClient(caller.httpPort());
      raw.send("GET /v1.0/invoke/" + b + "/method/x HTTP/1.1\r\nHost: h\r\n\r\n");
      hanging.add(raw);
    }
    assertThat(caller.http().get("/v1.0/invoke/fine-" + number + "/method/x").text())
        .isEqualTo("fine");
    for (RawClient raw : hanging) {
      raw.close();
    }
    await(() -> inFlight() == 0);
  }

  private @Nullable Sidecar callee;

  private volatile boolean configured;

  private Sidecar pair(Handler<HttpServerRequest> app) throws Exception {
    return pair(app, -1);
  }

  private Sidecar pair(Handler<HttpServerRequest> app, int maxConcurrency) throws Exception {
    configured = false;
    int port = serve(app);
    Sidecar caller = DAEMON.open(SidecarSpec.app(a));
    callee = DAEMON.open(SidecarSpec.app(b).app(new SidecarSpec.App(port, "http", maxConcurrency)));
    await(() -> configured && inFlight() == 0); // the first question is a call like any other
    return caller;
  }

  private long inFlight() {
    OpenSidecar open = (OpenSidecar) callee;
    return open == null ? 0 : open.opened().instance().channel().inFlight();
  }

  private int echo() throws Exception {
    return serve(
        request -> {
          request.response().setChunked(true);
          request.handler(request.response()::write);
          request.endHandler(end -> request.response().end());
        });
  }

  private int serve(Handler<HttpServerRequest> app) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  if (request.path().startsWith("/dapr/")) {
                    request.response().setStatusCode(404).end();
                    configured = true;
                  } else {
                    app.handle(request);
                  }
                });
    server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    return server.actualPort();
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(condition);
  }
}
