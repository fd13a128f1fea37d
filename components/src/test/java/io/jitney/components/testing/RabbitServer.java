package io.jitney.components.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A rabbitmq-server of its own, on ports and in a folder of its own; skips where none is installed.
 * Register it as a static field with {@code @RegisterExtension}.
 */
public final class RabbitServer implements BeforeAllCallback, AfterAllCallback {
  private static final Path DEBIAN = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

  private final @Nullable TestCertificates certificates;
  private @Nullable Path folder;
  private @Nullable Process process;
  private String program = "";
  private int port;
  private int distribution;
  private int names;
  private int tlsPort;

  public RabbitServer() {
    this(null);
  }

  /**
   * @param certificates for a port with TLS, which asks clients for theirs
   */
  public RabbitServer(@Nullable TestCertificates certificates) {
    this.certificates = certificates;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    program = Servers.program("rabbitmq-server", DEBIAN);
    folder = Files.createTempDirectory("jitney-rabbit");
    port = RedisServer.freePort();
    distribution = RedisServer.freePort();
    names = RedisServer.freePort();
    Files.writeString(folder.resolve("enabled_plugins"), "[].\n");
    if (certificates != null) {
      tlsPort = RedisServer.freePort();
      Files.write(
          folder.resolve("rabbitmq.conf"),
          List.of(
              "listeners.ssl.1 = 127.0.0.1:" + tlsPort,
              "ssl_options.cacertfile = " + certificates.authority().certificate(),
              "ssl_options.certfile = " + certificates.server().certificate(),
              "ssl_options.keyfile = " + certificates.server().key(),
              "ssl_options.verify = verify_peer",
              "ssl_options.fail_if_no_peer_cert = true"));
    }
    start();
  }

  /** Starts it, again if it was stopped; it keeps its port and what is durable. */
  public void start() {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(program)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("server.log").toFile());
      environment(builder.environment());
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await().atMost(90, TimeUnit.SECONDS).until(() -> Servers.accepts(port));
  }

  private void environment(Map<String, String> environment) {
    environment.put("HOME", folder.toString());
    environment.put("RABBITMQ_NODENAME", "jitney" + port + "@localhost");
    environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    environment.put("RABBITMQ_NODE_PORT", "" + port);
    environment.put("RABBITMQ_DIST_PORT", "" + distribution);
    environment.put("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString());
    environment.put("RABBITMQ_LOG_BASE", folder.resolve("log").toString());
    environment.put("RABBITMQ_LOGS", "-");
    environment.put("RABBITMQ_PID_FILE", folder.resolve("pid").toString());
    environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("enabled_plugins").toString());
    environment.put("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq").toString());
    environment.put("RABBITMQ_GENERATED_CONFIG_DIR", folder.resolve("generated").toString());
    environment.put("ERL_EPMD_PORT", "" + names);
  }

  public void stop() {
    Process running = process;
    process = null;
    if (running != null) {
      Servers.end(running);
    }
  }

  /** Host and port, with the login. */
  public String uri() {
    return "amqp://guest:guest@127.0.0.1:" + port + "/";
  }

  /** Where clients need a certificate. */
  public String tlsUri() {
    return "amqps://guest:guest@127.0.0.1:" + tlsPort + "/";
  }

  public int port() {
    return port;
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (folder == null) {
      return;
    }
    stop();
    ProcessBuilder epmd = new ProcessBuilder(List.of("epmd", "-port", "" + names, "-kill"));
    epmd.environment().put("ERL_EPMD_RELAXED_COMMAND_CHECK", "1");
    epmd.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    epmd.start().onExit().join();
    Servers.delete(folder);
    folder = null;
  }
}
