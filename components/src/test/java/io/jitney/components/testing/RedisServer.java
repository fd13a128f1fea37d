package io.jitney.components.testing;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Redis for one test class: that of {@code JITNEY_TEST_REDIS} (host:port, emptied by the tests),
 * else a {@code redis-server} process on a free port. Use as a static field with
 * {@code @RegisterExtension}.
 */
public final class RedisServer implements BeforeAllCallback, AfterAllCallback {
  private final List<String> options;
  private @Nullable Process process;
  private @Nullable Path folder;
  private String host = "127.0.0.1";
  private int port;

  /**
   * @param options further options of redis-server
   */
  public RedisServer(String... options) {
    this.options = List.of(options);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    String shared = System.getenv("JITNEY_TEST_REDIS");
    if (shared != null && !shared.isEmpty() && options.isEmpty()) {
      host = shared.substring(0, shared.indexOf(':'));
      port = Integer.parseInt(shared.substring(shared.indexOf(':') + 1));
    } else {
      start(freePort());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop();
    if (folder != null) {
      Servers.delete(folder);
      folder = null; // the tests may run once more
    }
  }

  /** Starts a process of our own, again if it was stopped before. */
  public void start(int onPort) {
    try {
      port = onPort;
      folder = folder == null ? Files.createTempDirectory("jitney-redis") : folder;
      List<String> command =
          new ArrayList<>(List.of(program(), "--port", "" + port, "--save", "", "--bind", host));
      command.addAll(List.of("--dir", folder.toString()));
      command.addAll(options);
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await().atMost(10, TimeUnit.SECONDS).until(this::answers);
  }

  public void stop() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  private boolean answers() {
    try {
      command("PING");
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Path of redis-server. */
  public static String program() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    for (String directory :
        (path + File.pathSeparator + "/usr/bin").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory, "redis-server");
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    throw new IllegalStateException("redis-server is not installed");
  }

  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String address() {
    return host + ":" + port;
  }

  public int port() {
    return port;
  }

  /**
   * Sends a command on a connection of its own, as redis-cli does; an error reply is returned as
   * its text.
   */
  public Object command(String... words) {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(10_000);
      StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
      for (String word : words) {
        request
            .append('$')
            .append(word.getBytes(StandardCharsets.UTF_8).length)
            .append("\r\n")
            .append(word)
            .append("\r\n");
      }
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      return reply(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object reply(InputStream in) throws IOException {
    String line = line(in);
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case ':' -> Long.parseLong(rest);
      case '$' -> {
        if (rest.equals("-1")) {
          yield "(nil)";
        }
        byte[] bytes = in.readNBytes(Integer.parseInt(rest));
        line(in);
        yield new String(bytes, StandardCharsets.UTF_8);
      }
      case '*' -> {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(rest); i++) {
          items.add(reply(in));
        }
        yield items;
      }
      default -> rest;
    };
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("connection closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Connections the server has, less the one that asks. */
  public long clients() {
    String info = (String) command("INFO", "clients");
    return info.lines()
            .filter(line -> line.startsWith("connected_clients:"))
            .mapToLong(line -> Long.parseLong(line.substring("connected_clients:".length())))
            .sum()
        - 1;
  }
}
