package io.jitney.daemon.invoke;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.CommonProtos.InvokeResponse;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.JksOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An app of a test: echoes what it is called with and remembers it, in any of the app protocols.
 * HTTP apps answer {@code /status/<n>} with that status, gRPC apps method {@code status/<n>} with
 * that code; {@code slow} takes a while.
 */
final class TestApp implements AutoCloseable {
  static final int SLOW_MILLIS = 300;

  /** A call the app got: {@code verb} is HTTP's, from wherever the app learns it. */
  record Seen(String verb, String method, String query, MultiMap headers, String body) {}

  private static final String ON_INVOKE = "/dapr.proto.runtime.v1.AppCallback/OnInvoke";

  private final Vertx vertx;
  private final HttpServer server;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private volatile int running;
  private volatile int most;

  private TestApp(Vertx vertx, HttpServer server) {
    this.vertx = vertx;
    this.server = server;
  }

  /**
   * Starts an app.
   *
   * @param protocol as the flag spells it
   */
  static TestApp start(String protocol) throws Exception {
    Vertx vertx = Vertx.vertx();
    HttpServerOptions options =
        new HttpServerOptions().setPort(0).setHost("127.0.0.1").setMaxHeaderSize(64 * 1024);
    if (protocol.endsWith("s")) {
      options.setSsl(true).setUseAlpn(true).setKeyCertOptions(certificate());
    }
    TestApp[] app = {null};
    HttpServer server = vertx.createHttpServer(options);
    Handler<HttpServerRequest> handler =
        protocol.startsWith("grpc")
            ? request -> app[0].grpc(request)
            : request -> app[0].http(request);
    server.requestHandler(handler);
    app[0] = new TestApp(vertx, server);
    await(server.listen());
    return app[0];
  }

  /** Made once: keytool takes its time. */
  private static @Nullable Buffer keyStore;

  private static synchronized JksOptions certificate() throws IOException, InterruptedException {
    Buffer made = keyStore;
    if (made == null) {
      made = makeKeyStore();
      keyStore = made;
    }
    return new JksOptions().setValue(made).setPassword("changeit");
  }

  private static Buffer makeKeyStore() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("jitney-test-");
    Path store = folder.resolve("app.jks");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "app",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=app",
                "-storetype",
                "JKS",
                "-storepass",
                "changeit",
                "-keypass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("keytool.log")));
    }
    return Buffer.buffer(Files.readAllBytes(store));
  }

  int port() {
    return server.actualPort();
  }

  /** Calls so far, the start-up ones left out. */
  List<Seen> seen() {
    return List.copyOf(seen);
  }

  Seen only() {
    if (seen.size() != 1) {
      throw new AssertionError("expected one call, got " + seen);
    }
    return seen.getFirst();
  }

  /** The most calls that ran at the same time. */
  int most() {
    return most;
  }

  private void http(HttpServerRequest request) {
    if (request.path().startsWith("/dapr/")) {
      request.response().setStatusCode(404).end();
      return;
    }
    request
        .body()
        .onSuccess(
            body -> {
              String method = request.path().substring(1);
              String query = request.query() == null ? "" : request.query();
              begin(
                  new Seen(
                      request.method().name(), method, query, request.headers(), body.toString()));
              int status =
                  method.startsWith("status/") ? Integer.parseInt(method.substring(7)) : 200;
              String type = request.getHeader("content-type");
              request.response().setStatusCode(status).putHeader("x-app", "yes");
              if (type != null) {
                request.response().putHeader("content-type", type);
              }
              end(method, () -> request.response().end(body));
            });
  }

  private void grpc(HttpServerRequest request) {
    if (!request.path().equals(ON_INVOKE)) {
      request
          .response()
          .putHeader("content-type", "application/grpc")
          .putHeader("grpc-status", "12")
          .end();
      return;
    }
    request
        .body()
        .onSuccess(
            frame -> {
              InvokeRequest invoke;
              try {
                invoke = InvokeRequest.parseFrom(frame.getBytes(5, frame.length()));
              } catch (IOException broken) {
                throw new AssertionError(broken);
              }
              String method = invoke.getMethod();
              ByteString data = invoke.getData().getValue();
              begin(
                  new Seen(
                      invoke.getHttpExtension().getVerb().name(),
                      method,
                      invoke.getHttpExtension().getQuerystring(),
                      request.headers(),
                      data.toStringUtf8()));
              end(method, () -> reply(request, method, invoke));
            });
  }

  private static void reply(HttpServerRequest request, String method, InvokeRequest invoke) {
    var response =
        request.response().putHeader("content-type", "application/grpc").putHeader("x-app", "yes");
    if (method.startsWith("status/")) {
      response.putHeader("grpc-status", method.substring(7)).putHeader("grpc-message", "why").end();
      return;
    }
    byte[] reply =
        InvokeResponse.newBuilder()
            .setContentType(invoke.getContentType())
            .setData(Any.newBuilder().setValue(invoke.getData().getValue()))
            .build()
            .toByteArray();
    response.putTrailer("grpc-status", "0");
    response.write(Buffer.buffer().appendByte((byte) 0).appendInt(reply.length).appendBytes(reply));
    response.end();
  }

  private synchronized void begin(Seen call) {
    seen.add(call);
    running++;
    most = Math.max(most, running);
  }

  private void end(String method, Runnable answer) {
    long delay = method.startsWith("slow") ? SLOW_MILLIS : 1;
    vertx.setTimer(
        delay,
        late -> {
          synchronized (this) {
            running--;
          }
          answer.run();
        });
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    vertx.close();
  }
}
