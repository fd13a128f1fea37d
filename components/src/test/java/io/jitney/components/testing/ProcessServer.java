package io.jitney.components.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server that is one process with a port, in a folder of its own; skips where it is not
 * installed. Register it as a static field with {@code @RegisterExtension}.
 */
public final class ProcessServer implements BeforeAllCallback, AfterAllCallback {
  /** What it is started with. */
  public interface Arguments {
    List<String> of(int port, Path folder) throws IOException;
  }

  private final String name;
  private final Arguments arguments;
  private @Nullable Path folder;
  private @Nullable Process process;
  private List<String> command = List.of();
  private int port;

  private ProcessServer(String name, Arguments arguments) {
    this.name = name;
    this.arguments = arguments;
  }

  /**
   * A mosquitto that keeps sessions; user {@code app} with the password {@code geheim}, or nobody.
   */
  public static ProcessServer mosquitto() {
    return new ProcessServer(
        "mosquitto",
        (port, folder) -> {
          Path config = folder.resolve("mosquitto.conf");
          Files.write(
              config,
              List.of(
                  "listener " + port + " 127.0.0.1",
                  "allow_anonymous true",
                  "persistence true",
                  "persistence_location " + folder + "/",
                  "autosave_interval 1",
                  "autosave_on_changes true",
                  "user root"));
          return List.of("-c", config.toString());
        });
  }

  /** A mosquitto that wants TLS and a client's certificate. */
  public static ProcessServer mosquitto(TestCertificates certificates) {
    return new ProcessServer(
        "mosquitto",
        (port, folder) -> {
          Path config = folder.resolve("mosquitto.conf");
          Files.write(
              config,
              List.of(
                  "listener " + port + " 127.0.0.1",
                  "allow_anonymous true",
                  "cafile " + certificates.authority().certificate(),
                  "certfile " + certificates.server().certificate(),
                  "keyfile " + certificates.server().key(),
                  "require_certificate true",
                  "user root"));
          return List.of("-c", config.toString());
        });
  }

  /** A nats-server with JetStream that wants TLS and a client's certificate. */
  public static ProcessServer nats(TestCertificates certificates) {
    return new ProcessServer(
        "nats-server",
        (port, folder) ->
            List.of(
                "-a",
                "127.0.0.1",
                "-p",
                "" + port,
                "-js",
                "-sd",
                folder.toString(),
                "--tlsverify",
                "--tlscert",
                certificates.server().certificate().toString(),
                "--tlskey",
                certificates.server().key().toString(),
                "--tlscacert",
                certificates.authority().certificate().toString()));
  }

  /** A redis-server that wants TLS and a client's certificate. */
  public static ProcessServer redis(TestCertificates certificates) {
    return new ProcessServer(
        "redis-server",
        (port, folder) ->
            List.of(
                "--port",
                "0",
                "--tls-port",
                "" + port,
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                folder.toString(),
                "--tls-cert-file",
                certificates.server().certificate().toString(),
                "--tls-key-file",
                certificates.server().key().toString(),
                "--tls-ca-cert-file",
                certificates.authority().certificate().toString(),
                "--tls-auth-clients",
                "yes"));
  }

  /** A nats-server with JetStream. */
  public static ProcessServer nats(String... more) {
    return new ProcessServer(
        "nats-server",
        (port, folder) -> {
          List<String> arguments =
              new ArrayList<>(
                  List.of("-a", "127.0.0.1", "-p", "" + port, "-js", "-sd", folder.toString()));
          arguments.addAll(List.of(more));
          return arguments;
        });
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    String program = Servers.program(name);
    folder = Files.createTempDirectory("jitney-" + name);
    port = RedisServer.freePort();
    command = new ArrayList<>(List.of(program));
    command.addAll(arguments.of(port, folder));
    start();
  }

  /** Starts it, again if it was stopped; it keeps its port and its data. */
  public void start() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> Servers.accepts(port));
  }

  /** Without warning. */
  public void kill() {
    Process running = process;
    process = null;
    if (running != null) {
      Servers.end(running);
    }
  }

  /** In order, so that it writes down what it holds. */
  public void stop() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroy();
      running.onExit().join();
    }
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (folder != null) {
      kill();
      Servers.delete(folder);
      folder = null;
    }
  }
}
