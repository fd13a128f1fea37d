package io.jitney.daemon.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon with a heap of 64 MiB, which one app tries to fill while another one works. */
class SmallHeapIT {
  private static final String APPS =
      """
      apiVersion: jitney.io/v1alpha1
      kind: App
      metadata: {name: red}
      spec: {sourceAddresses: [127.0.0.2], resourcesPaths: [./components], quota: {inFlight: 0}}
      ---
      apiVersion: jitney.io/v1alpha1
      kind: App
      metadata: {name: blue}
      spec: {sourceAddresses: [127.0.0.3], resourcesPaths: [./components]}
      """;
  private static final String STORE =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata: {name: s}
      spec: {type: state.in-memory, version: v1}
      """;
  private static final int LARGE = 3 << 20;

  @TempDir private Path folder;
  private int port;
  private final List<Socket> sockets = new ArrayList<>();
  private Process daemon;

  @BeforeEach
  void start() throws Exception {
    port = FreePort.pick();
    Files.createDirectory(folder.resolve("components"));
    Files.writeString(folder.resolve("components/s.yaml"), STORE);
    Files.writeString(folder.resolve("apps.yaml"), APPS);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            "io.jitney.daemon.Main",
            "daemon",
            "--http-port=" + port,
            "--grpc-port=off",
            "--admin-port=off",
            "--apps=" + folder.resolve("apps.yaml"));
    builder.environment().put("JITNEY_SOCKET", folder.resolve("d.sock").toString());
    daemon =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("daemon.log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> call("127.0.0.3", "GET /v1.0/metadata", "") == 200);
    await().until(() -> call("127.0.0.2", "GET /v1.0/metadata", "") == 200);
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    daemon.destroy();
    assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private Socket connect(String source) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    socket.setSoTimeout(30_000);
    socket.setReceiveBufferSize(8 * 1024);
    socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
    return socket;
  }

  private static String request(String line, int length) {
    return line + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static String value(String key, int length) {
    return "[{\"key\":\"" + key + "\",\"value\":\"" + "x".repeat(length) + "\"}]";
  }

  /** The status of an answer. */
  private int call(String source, String line, String body) throws IOException {
    try (Socket socket = connect(source)) {
      socket.getOutputStream().write((request(line, body.length()) + body).getBytes(US_ASCII));
      String status = new String(socket.getInputStream().readNBytes(12), US_ASCII);
      return Integer.parseInt(status.substring(9));
    }
  }

  /** Sends slowly, for as long as it is let. */
  private void upload(byte[] body) {
    try (Socket socket = connect("127.0.0.2")) {
      for (int round = 0; round < 3; round++) {
        socket
            .getOutputStream()
            .write(request("POST /v1.0/state/s", body.length).getBytes(US_ASCII));
        for (int at = 0; at < body.length; at += 64 * 1024) {
          socket.getOutputStream().write(body, at, Math.min(64 * 1024, body.length - at));
          Thread.sleep(20);
        }
        socket.getInputStream().readNBytes(12);
      }
    } catch (IOException | InterruptedException sentAway) {
      // As it may be.
    }
  }

  @Test
  void oneAppCannotFillTheHeapAndTheOtherOneWorksOn() throws Exception {
    assertThat(call("127.0.0.2", "POST /v1.0/state/s", value("big", LARGE))).isEqualTo(204);
    byte[] body = value("big", LARGE).getBytes(US_ASCII);
    List<Thread> uploads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      uploads.add(Thread.ofVirtual().start(() -> upload(body)));
      Socket reader = connect("127.0.0.2");
      sockets.add(reader);
      try {
        reader
            .getOutputStream()
            .write(request("GET /v1.0/state/s/big", 0).repeat(4).getBytes(US_ASCII));
      } catch (SocketException sentAway) {
        // As it may be.
      }
    }

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    int calls = 0;
    while (System.nanoTime() < end) {
      assertThat(call("127.0.0.3", "POST /v1.0/state/s", value("k", 100))).isEqualTo(204);
      assertThat(call("127.0.0.3", "GET /v1.0/state/s/k", "")).isEqualTo(200);
      calls += 2;
    }

    assertThat(daemon.isAlive()).as(Files.readString(folder.resolve("daemon.log"))).isTrue();
    assertThat(calls).isGreaterThan(20);
    assertThat(peakMemory()).isLessThan(400L << 20);
    for (Thread upload : uploads) {
      upload.interrupt();
    }
    assertThat(Files.readString(folder.resolve("daemon.log")))
        .doesNotContain("OutOfMemoryError")
        .contains("jitney memory: SLOW");
  }

  /** The most physical memory that the daemon has had, in bytes. */
  private long peakMemory() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new IOException("no VmHWM");
  }
}
