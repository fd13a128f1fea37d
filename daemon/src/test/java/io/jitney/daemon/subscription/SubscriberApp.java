package io.jitney.daemon.subscription;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;

/** An HTTP app of a test that subscribes and remembers what it gets. */
final class SubscriberApp implements AutoCloseable {
  /** What came in. */
  record Got(String path, Buffer body) {
    JsonObject json() {
      return new JsonObject(body);
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final String subscriptions;
  private final BiConsumer<HttpServerRequest, Got> answer;
  private final int port;
  private HttpServer server;
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /**
   * @param subscriptions answer to {@code /dapr/subscribe}; single quotes for double ones
   * @param answer ends the request of an event
   */
  SubscriberApp(String subscriptions, BiConsumer<HttpServerRequest, Got> answer) throws Exception {
    this.subscriptions = subscriptions.replace('\'', '"');
    this.answer = answer;
    server = listen(0);
    port = server.actualPort();
  }

  private HttpServer listen(int port) throws Exception {
    return vertx
        .createHttpServer()
        .requestHandler(this::handle)
        .listen(port, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** Takes everything. */
  SubscriberApp(String subscriptions) throws Exception {
    this(subscriptions, (request, got) -> request.response().end());
  }

  /** Dies: what it was at has no answer, and nobody is at its port. */
  void stop() throws Exception {
    server
        .shutdown(0, TimeUnit.SECONDS)
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** Is there again, at its port. */
  void start() throws Exception {
    server = listen(port);
  }

  private void handle(HttpServerRequest request) {
    if (request.path().equals("/dapr/subscribe")) {
      asked.incrementAndGet();
      request.response().end(subscriptions);
      return;
    }
    if (request.path().startsWith("/dapr/")) {
      request.response().setStatusCode(404).end();
      return;
    }
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    request.response().endHandler(over -> running.decrementAndGet());
    request
        .body()
        .onSuccess(
            body -> {
              Got one = new Got(request.path(), body);
              got.add(one);
              answer.accept(request, one);
            });
  }

  /** Ends a request after a time. */
  void later(long millis, HttpServerRequest request) {
    vertx.setTimer(millis, late -> request.response().end());
  }

  /** Closes the connection of a request after a time. */
  void laterClose(long millis, HttpServerRequest request) {
    vertx.setTimer(millis, late -> request.connection().close());
  }

  int port() {
    return port;
  }

  int asked() {
    return asked.get();
  }

  /** The most events that were being handled at the same time. */
  int most() {
    return most.get();
  }

  List<Got> got() {
    return List.copyOf(got);
  }

  /** Waits for so many events. */
  List<Got> await(int count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> got.size() >= count);
    return got();
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
