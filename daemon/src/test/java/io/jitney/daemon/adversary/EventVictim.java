package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** A tenant that publishes and receives events all the time, and notes how long they take. */
final class EventVictim implements AutoCloseable {
  /** What half of its events may take: a multiple of what they take on a busy small machine. */
  private static final long MEDIAN_MILLIS = 1_000;

  private static final long SLOWEST_MILLIS = 3_000;
  private static final long PAUSE_MILLIS = 20;

  /** An attack. */
  @FunctionalInterface
  interface Attack {
    void run() throws Exception;
  }

  private final HttpServer app;
  private final Sidecar sidecar;
  private final Map<Integer, Long> sent = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Long> took = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();

  EventVictim(String redis, Function<SidecarSpec, Sidecar> open) throws IOException {
    app = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    app.setExecutor(Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
    app.createContext("/", this::answer);
    app.start();
    sidecar =
        open.apply(
            SidecarSpec.app("victim")
                .component("ps", "pubsub.redis", "redisHost", redis)
                .app(app.getAddress().getPort(), "http"));
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> sidecar.http().get("/v1.0/healthz").status() == 204);
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(this::hears);
  }

  private boolean hears() throws InterruptedException {
    publish(sidecar.http(), -1);
    Thread.sleep(50);
    return !took.isEmpty();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes());
    boolean asks = exchange.getRequestURI().getPath().equals("/dapr/subscribe");
    byte[] answer =
        asks
            ? "[{\"pubsubname\":\"ps\",\"topic\":\"t\",\"route\":\"/t\"}]".getBytes()
            : "{}".getBytes();
    if (exchange.getRequestURI().getPath().equals("/t")) {
      int at = body.indexOf("number-") + 7;
      Long start = sent.remove(Integer.parseInt(body.substring(at, body.indexOf('.', at))));
      if (start != null) {
        took.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      }
    }
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private void publish(HttpApiClient http, int number) {
    sent.put(number, System.nanoTime());
    int status = http.post("/v1.0/publish/ps/t", "number-" + number + ".").status();
    if (status != 204) {
      refused.add("status " + status);
      sent.remove(number);
    }
  }

  /** Publishes while that goes on: each event must arrive, and soon. */
  void undisturbedBy(Attack attack) throws Exception {
    took.clear();
    refused.clear();
    sent.clear();
    AtomicBoolean over = new AtomicBoolean();
    Thread probe = Thread.ofPlatform().daemon().start(() -> probe(over));
    try {
      attack.run();
    } finally {
      over.set(true);
      probe.join();
    }
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .pollInterval(10, TimeUnit.MILLISECONDS)
        .untilAsserted(() -> assertThat(sent).as("events that are lost").isEmpty());
    assertThat(refused).as("calls of the victim that failed").isEmpty();
    List<Long> sorted = new ArrayList<>(took);
    sorted.sort(null);
    assertThat(sorted).isNotEmpty();
    String figures =
        sorted.size()
            + " events, median "
            + sorted.get(sorted.size() / 2)
            + " ms, slowest "
            + sorted.getLast()
            + " ms";
    System.out.println("adversary: victim's events: " + figures);
    assertThat(sorted.get(sorted.size() / 2)).as(figures).isLessThan(MEDIAN_MILLIS);
    assertThat(sorted.getLast()).as(figures).isLessThan(SLOWEST_MILLIS);
  }

  private void probe(AtomicBoolean over) {
    HttpApiClient http = sidecar.http();
    for (int number = 0; !over.get(); number++) {
      try {
        publish(http, number);
        Thread.sleep(PAUSE_MILLIS);
      } catch (Exception failed) {
        refused.add(failed.toString());
      }
    }
  }

  @Override
  public void close() {
    app.stop(0);
  }
}
