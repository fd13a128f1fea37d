package io.jitney.daemon.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jitney.daemon.node.NodeHealth;
import io.jitney.daemon.telemetry.PrometheusText;
import io.vertx.core.Context;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Health and metrics of the daemon on a port and threads of their own, so that neither a slow
 * scrape delays tenants nor tenants delay a probe: {@code /healthz} (the process lives), {@code
 * /readyz} (its listeners and declared apps are there) and {@code /metrics}. For the node's
 * operator; tells names and counts of all tenants, so it belongs on loopback.
 */
public final class AdminServer implements AutoCloseable {
  /**
   * Each serves one client, and a slow or silent one holds it: more than any honest scraper needs.
   */
  private static final int MOST_THREADS = 32;

  private static final int MOST_WAITING = 64;

  private final HttpServer server;
  private final ThreadPoolExecutor threads;

  private AdminServer(HttpServer server, ThreadPoolExecutor threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Binds and serves.
   *
   * @param port 0: the kernel picks one
   * @throws IOException when the address cannot be had
   */
  public static AdminServer open(
      String host, int port, NodeStatus status, NodeHealth health, List<Context> loops)
      throws IOException {
    limit("maxReqTime", 5);
    limit("maxRspTime", 30);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 64);
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("admin-" + number.incrementAndGet())
                    .unstarted(task));
    threads.allowCoreThreadTimeOut(true);
    server.setExecutor(threads);
    NodeMetrics metrics = new NodeMetrics(status, new LoopLag(loops));
    server.createContext(
        "/healthz", exchange -> answer(exchange, "/healthz", () -> new Answer(200, "ok\n")));
    server.createContext("/readyz", exchange -> answer(exchange, "/readyz", () -> ready(health)));
    server.createContext(
        "/metrics",
        exchange -> answer(exchange, "/metrics", () -> new Answer(200, metrics.scrape())));
    server.createContext("/", exchange -> answer(exchange, "/", AdminServer::index));
    server.start();
    return new AdminServer(server, threads);
  }

  /**
   * Seconds that a client may take; the JDK's server can be told in this way alone. An operator's
   * own value counts.
   */
  private static void limit(String name, int seconds) {
    String property = "sun.net.httpserver." + name;
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(seconds));
    }
  }

  private record Answer(int status, String text) {}

  @FunctionalInterface
  private interface Page {
    Answer make() throws InterruptedException;
  }

  private static Answer ready(NodeHealth health) {
    List<String> unready = health.unready();
    return unready.isEmpty()
        ? new Answer(200, "ok\n")
        : new Answer(503, "not ready: " + String.join(", ", unready) + "\n");
  }

  private static Answer index() {
    return new Answer(200, "jitney admin: /healthz /readyz /metrics\n");
  }

  private static void answer(HttpExchange exchange, String path, Page page) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      boolean head = method.equals("HEAD");
      Answer answer;
      if (!exchange.getRequestURI().getPath().equals(path)) {
        answer = new Answer(404, "404 page not found\n");
      } else if (!head && !method.equals("GET")) {
        answer = new Answer(405, "method not allowed\n");
      } else {
        answer = page.make();
      }
      byte[] body = answer.text().getBytes(UTF_8);
      String type =
          path.equals("/metrics") ? PrometheusText.CONTENT_TYPE : "text/plain; charset=utf-8";
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
