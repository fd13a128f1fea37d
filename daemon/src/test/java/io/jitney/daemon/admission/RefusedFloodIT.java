package io.jitney.daemon.admission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever asks on and on over its limit waits for its refusals, and loses nothing by it. */
class RefusedFloodIT {
  private static final int CONNECTIONS = 8;
  private static final String GET = "GET /v1.0/metadata HTTP/1.1\r\nHost: h\r\n\r\n";

  private final InProcessDaemon running = new InProcessDaemon();

  @AfterEach
  void close() {
    running.close();
  }

  private void limitRed(Quota quota) {
    running.daemon().registry().declare(new TenantId("default", "red"), quota);
  }

  @Test
  void aFloodOverItsRateComesDownToAPace() throws Exception {
    Sidecar red = running.open(SidecarSpec.app("red"));
    Sidecar blue = running.open(SidecarSpec.app("blue"));
    limitRed(new Quota(1, 1, 0));
    List<Client> clients = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(new Client(red.httpPort()));
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
      List<Future<Integer>> refused = new ArrayList<>();
      for (Client client : clients) {
        refused.add(threads.submit(() -> client.floodUntil(end)));
      }
      HttpApiClient others = new HttpApiClient(blue.httpPort());
      int served = 0;
      while (System.nanoTime() < end) {
        assertThat(others.get("/v1.0/metadata").status()).isEqualTo(200);
        served++;
      }
      int sum = 0;
      for (Future<Integer> count : refused) {
        sum += count.get(10, TimeUnit.SECONDS);
      }
      assertThat(sum).isBetween(100, 4_000); // 1,000 a second; 50,000 come without a pace
      assertThat(served).isGreaterThan(20);

      limitRed(Quota.UNLIMITED);
      for (Client client : clients) {
        client.write(GET);
        assertThat(client.answer()).isEqualTo(200);
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }

  @Test
  void whatWasSentMeanwhileIsAnsweredInOrder() throws Exception {
    Sidecar red = running.open(SidecarSpec.app("red"));
    limitRed(new Quota(0.001, 1, 0));
    try (Client client = new Client(red.httpPort())) {
      client.floodUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500));
      client.write(GET.repeat(300));
      for (int i = 0; i < 300; i++) {
        assertThat(client.answer()).isEqualTo(429);
      }
      client.write("PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
      client.write("def");
      assertThat(client.answer()).isEqualTo(429);
      limitRed(Quota.UNLIMITED);
      client.write("PUT /v1.0/metadata/k HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
      client.write("def");
      assertThat(client.answer()).isEqualTo(204);
      assertThat(new HttpApiClient(red.httpPort()).get("/v1.0/metadata").text()).contains("abcdef");
    }
  }

  /** Speaks HTTP/1.1 on one connection. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Client(int port) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(10_000);
      in = new BufferedInputStream(socket.getInputStream());
    }

    void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Asks again as soon as it is answered; returns how often it was refused. */
    int floodUntil(long end) throws IOException {
      int refused = 0;
      while (System.nanoTime() < end) {
        write(GET);
        if (answer() == 429) {
          refused++;
        }
      }
      return refused;
    }

    /** Reads one answer; returns its status. */
    int answer() throws IOException {
      String status = line();
      int length = 0;
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(15).trim());
        }
      }
      in.skipNBytes(length);
      return Integer.parseInt(status.split(" ")[1]);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("closed");
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
