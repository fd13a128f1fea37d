package io.jitney.daemon.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.dapr.v1.CommonProtos;
import io.dapr.v1.DaprMetadataProtos.GetMetadataRequest;
import io.dapr.v1.DaprStateProtos;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** The calls of a training run: what apps do first and most, and an error or two. */
final class TrainingCalls {
  private static final long PATIENCE_SECONDS = 30;

  private final int httpPort;
  private final int grpcPort;
  private final int metricsPort;
  private int strange;

  TrainingCalls(int httpPort, int grpcPort, int metricsPort) {
    this.httpPort = httpPort;
    this.grpcPort = grpcPort;
    this.metricsPort = metricsPort;
  }

  /** Makes the calls; returns how many were answered in another way than they should. */
  int run(int rounds) throws Exception {
    http(rounds);
    grpc(rounds);
    try (Connection metrics = new Connection(metricsPort)) {
      expect(200, metrics, "GET", "/", "");
    }
    return strange;
  }

  /** Waits until the sidecar on {@code port} is ready, and asks it to stop. */
  static void shutdown(int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try (Connection api = new Connection(port)) {
        if (api.call("GET", "/v1.0/healthz", "") == 204) {
          api.call("POST", "/v1.0/shutdown", "");
          return;
        }
      } catch (ConnectException notYet) {
        // It listens in a moment.
      }
      if (System.nanoTime() > end) {
        throw new IOException("no sidecar on port " + port);
      }
      Thread.sleep(5);
    }
  }

  private void http(int rounds) throws IOException {
    try (Connection api = new Connection(httpPort)) {
      for (int i = 0; i < rounds; i++) {
        expect(204, api, "GET", "/v1.0/healthz", "");
        expect(
            204,
            api,
            "POST",
            "/v1.0/state/statestore",
            "[{\"key\":\"k\",\"value\":{\"n\":" + i + "}}]");
        expect(200, api, "GET", "/v1.0/state/statestore/k", "");
        expect(204, api, "GET", "/v1.0/state/statestore/none", "");
        expect(200, api, "POST", "/v1.0/state/statestore/bulk", "{\"keys\":[\"k\",\"none\"]}");
        expect(204, api, "POST", "/v1.0/state/file", "[{\"key\":\"k\",\"value\":1}]");
        expect(200, api, "GET", "/v1.0/state/file/k", "");
        expect(200, api, "POST", "/v1.0/invoke/b/method/echo?x=1", "{\"hello\":\"b\"}");
        expect(200, api, "GET", "/v1.0/invoke/a/method/echo", "");
      }
      expect(
          204,
          api,
          "POST",
          "/v1.0/state/statestore/transaction",
          "{\"operations\":[{\"operation\":\"upsert\",\"request\":{\"key\":\"t\",\"value\":1}},"
              + "{\"operation\":\"delete\",\"request\":{\"key\":\"k\"}}]}");
      expect(204, api, "DELETE", "/v1.0/state/statestore/t", "");
      expect(200, api, "GET", "/v1.0/metadata", "");
      expect(204, api, "PUT", "/v1.0/metadata/key", "value");
      expect(204, api, "GET", "/v1.0/healthz/outbound", "");
      expect(404, api, "GET", "/nothing", "");
      expect(400, api, "GET", "/v1.0/state/nosuchstore/k", "");
      expect(404, api, "POST", "/v1.0/publish/bus/topic", "{}");
    }
  }

  private void expect(int status, Connection connection, String method, String path, String body)
      throws IOException {
    int got = connection.call(method, path, body);
    note(method + " " + path, Integer.toString(status), Integer.toString(got));
  }

  private void grpc(int rounds) throws Exception {
    Vertx vertx = Vertx.vertx();
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(
        run -> grpc(client, rounds).onComplete(done)); // on one loop, so that no answer is missed
    await(done.future());
    await(vertx.close());
  }

  private Future<Void> grpc(HttpClient client, int rounds) {
    Message save =
        DaprStateProtos.SaveStateRequest.newBuilder()
            .setStoreName("statestore")
            .addStates(
                CommonProtos.StateItem.newBuilder()
                    .setKey("g")
                    .setValue(ByteString.copyFromUtf8("1")))
            .build();
    Message get =
        DaprStateProtos.GetStateRequest.newBuilder().setStoreName("statestore").setKey("g").build();
    Message unknown = DaprStateProtos.GetStateRequest.newBuilder().setStoreName("none").build();
    Future<Void> all = Future.succeededFuture();
    for (int i = 0; i < rounds; i++) {
      all = all.compose(next -> expect("0", client, "SaveState", save));
      all = all.compose(next -> expect("0", client, "GetState", get));
    }
    return all.compose(
            next -> expect("0", client, "GetMetadata", GetMetadataRequest.getDefaultInstance()))
        .compose(next -> expect("3", client, "GetState", unknown));
  }

  private Future<Void> expect(String status, HttpClient client, String method, Message message) {
    byte[] bytes = message.toByteArray();
    Buffer frame = Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
    return client
        .request(HttpMethod.POST, grpcPort, "127.0.0.1", "/dapr.proto.runtime.v1.Dapr/" + method)
        .compose(
            request ->
                request
                    .putHeader("content-type", "application/grpc")
                    .putHeader("te", "trailers")
                    .send(frame))
        .compose(response -> response.body().map(body -> statusOf(response)))
        .map(
            got -> {
              note("gRPC " + method, status, got);
              return null;
            });
  }

  private static String statusOf(HttpClientResponse response) {
    String trailer = response.getTrailer("grpc-status");
    return trailer == null ? String.valueOf(response.getHeader("grpc-status")) : trailer;
  }

  private void note(String call, String wanted, String got) {
    if (!wanted.equals(got) && strange++ < 10) {
      System.out.println("train: " + call + " gave " + got);
    }
  }

  private static void await(Future<Void> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** One HTTP/1.1 connection, kept alive. */
  private static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Connection(int port) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      in = new BufferedInputStream(socket.getInputStream());
    }

    int call(String method, String path, String body) throws IOException {
      byte[] bytes = body.getBytes(UTF_8);
      String head =
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: train\r\n"
              + (bytes.length == 0
                  ? ""
                  : "Content-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n")
              + "\r\n";
      byte[] request = new byte[head.length() + bytes.length];
      System.arraycopy(head.getBytes(ISO_8859_1), 0, request, 0, head.length());
      System.arraycopy(bytes, 0, request, head.length(), bytes.length);
      socket.getOutputStream().write(request);
      String status = line();
      int length = 0;
      boolean chunked = false;
      for (String header = line(); !header.isEmpty(); header = line()) {
        String lower = header.toLowerCase(java.util.Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(header.substring("content-length:".length()).strip());
        }
        chunked |= lower.startsWith("transfer-encoding: chunked");
      }
      if (chunked) {
        for (int size = chunk(); size > 0; size = chunk()) {
          in.skipNBytes(size + 2L);
        }
        line();
      } else {
        in.skipNBytes(length);
      }
      return Integer.parseInt(status.split(" ")[1]);
    }

    private int chunk() throws IOException {
      return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("the connection ended");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
