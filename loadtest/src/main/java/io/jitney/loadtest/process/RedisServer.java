package io.jitney.loadtest.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A Redis of the run's own: loopback, nothing written to disk. */
public final class RedisServer {
  private static final int WAIT_MILLIS = 10_000;

  private final int port;

  private RedisServer(int port) {
    this.port = port;
  }

  static RedisServer start(Children children, Ports ports)
      throws IOException, LoadTestFailure, InterruptedException {
    String program = find();
    int port = ports.next();
    Process process =
        children.start(
            "redis",
            Cores.Role.OTHER,
            Map.of(),
            List.of(
                program,
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--maxclients",
                "4000"));
    RedisServer redis = new RedisServer(port);
    long end = System.nanoTime() + WAIT_MILLIS * 1_000_000L;
    while (!redis.isThere()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new LoadTestFailure(
            program + " does not come up; it says: " + children.lastLines("redis"));
      }
      Thread.sleep(20);
    }
    return redis;
  }

  private static String find() throws LoadTestFailure {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/bin:/usr/local/bin";
    for (String folder : path.split(":")) {
      Path program = Path.of(folder, "redis-server");
      if (!folder.isEmpty() && Files.isExecutable(program)) {
        return program.toString();
      }
    }
    throw new LoadTestFailure(
        "needs redis-server on the PATH and found none (Debian: apt-get install redis-server)");
  }

  public int port() {
    return port;
  }

  private boolean isThere() {
    try {
      return ask("PING").startsWith("+PONG");
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Connections of clients, without the one that asks. */
  public int connections() throws IOException {
    for (String line : ask("INFO clients").lines().toList()) {
      if (line.startsWith("connected_clients:")) {
        return Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()) - 1;
      }
    }
    throw new IOException("Redis does not tell its clients");
  }

  private String ask(String command) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 2000);
      socket.setSoTimeout(2000);
      socket
          .getOutputStream()
          .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      StringBuilder all = new StringBuilder();
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line;
      while ((line = reader.readLine()) != null) {
        all.append(line).append('\n');
      }
      return all.toString();
    }
  }
}
