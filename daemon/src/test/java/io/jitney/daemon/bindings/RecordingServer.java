package io.jitney.daemon.bindings;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server that keeps what it was asked for, as {@code METHOD path body}, and answers with
 * its name: an app, or something outside. Paths {@code /status/N} are answered with that status.
 */
final class RecordingServer implements AutoCloseable {
  private final String name;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> traces = new CopyOnWriteArrayList<>();
  private volatile int status = 200;

  RecordingServer(String name) {
    this.name = name;
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String trace = exchange.getRequestHeaders().getFirst("traceparent");
    if (trace != null && exchange.getRequestMethod().equals("POST")) {
      traces.add(trace);
    }
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add((exchange.getRequestMethod() + " " + path + " " + body).strip());
    int status = path.startsWith("/status/") ? Integer.parseInt(path.substring(8)) : this.status;
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  /** What it answers from now on. */
  void status(int other) {
    status = other;
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  List<String> requests() {
    return requests;
  }

  /** What {@code traceparent} said in events. */
  List<String> traces() {
    return traces;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
