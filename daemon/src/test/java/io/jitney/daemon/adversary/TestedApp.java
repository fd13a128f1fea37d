package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An app that remembers what it is called with; answers {@code hello from <name>}. */
final class TestedApp implements AutoCloseable {
  /** A call: names of headers in lower case, values of equal ones joined by a bar. */
  record Call(String verb, String uri, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final String name;
  private final HttpServer server;
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  TestedApp(String name) throws IOException {
    this.name = name;
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (key, values) -> headers.put(key.toLowerCase(Locale.ROOT), String.join("|", values)));
    String uri = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1);
    if (!uri.startsWith("/dapr/")) {
      calls.add(new Call(exchange.getRequestMethod(), uri, headers, body));
    }
    byte[] answer = ("hello from " + name + "\n").getBytes(ISO_8859_1);
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Takes the calls so far out. */
  List<Call> take() {
    List<Call> taken = List.copyOf(calls);
    calls.removeAll(taken);
    return taken;
  }

  /** Calls that claim to come from somebody who never calls. */
  List<Call> forged() {
    return calls.stream()
        .filter(
            call -> {
              String caller = call.header("dapr-caller-app-id");
              return caller.contains("admin") || caller.contains("|") || caller.equals("victim");
            })
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
