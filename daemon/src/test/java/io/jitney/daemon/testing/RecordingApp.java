package io.jitney.daemon.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP app that comes and goes on its port, says 200 to whatever it is asked, and remembers it.
 * Of subscriptions of its own it knows nothing.
 */
public final class RecordingApp implements AutoCloseable {
  private final List<String> got = new CopyOnWriteArrayList<>();
  private @Nullable HttpServer server;

  /**
   * @param port zero for any
   * @return where it is
   */
  public int start(int port) {
    HttpServer made;
    try {
      made = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
    made.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    made.createContext(
        "/",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes());
          String path = exchange.getRequestURI().getPath();
          got.add(exchange.getRequestMethod() + " " + path + " " + body);
          exchange.sendResponseHeaders(path.startsWith("/dapr/") ? 404 : 200, -1);
          exchange.close();
        });
    made.start();
    server = made;
    return made.getAddress().getPort();
  }

  /** It is away, until it is started again. */
  public void stop() {
    HttpServer running = server;
    if (running != null) {
      running.stop(0);
      server = null;
    }
  }

  /** All requests so far: method, path and body, with blanks between them. */
  public List<String> got() {
    return got;
  }

  /** How many of them have this text in them. */
  public long count(String text) {
    return got.stream().filter(one -> one.contains(text)).count();
  }

  /** How many events have come with this JSON string. */
  public long events(String text) {
    return count('"' + text + '"');
  }

  @Override
  public void close() {
    stop();
  }
}
