package io.jitney.components.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kafka.tools.StorageTool;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Kafka broker (KRaft, one node) in a JVM of its own, from the jars on the tests' class path.
 * Register it as a static field with {@code @RegisterExtension}.
 */
public final class KafkaServer implements BeforeAllCallback, AfterAllCallback {
  private static final String CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA";

  private final int partitions;
  private @Nullable Path folder;
  private @Nullable Process process;
  private final @Nullable TestCertificates certificates;
  private int port;
  private int saslPort;
  private int tlsPort;

  /**
   * @param partitions of topics that are made by using them
   */
  public KafkaServer(int partitions) {
    this(partitions, null);
  }

  /**
   * @param certificates for a listener with TLS, which asks clients for theirs
   */
  public KafkaServer(int partitions, @Nullable TestCertificates certificates) {
    this.partitions = partitions;
    this.certificates = certificates;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("jitney-kafka");
    port = RedisServer.freePort();
    saslPort = RedisServer.freePort();
    tlsPort = RedisServer.freePort();
    int controller = RedisServer.freePort();
    String tls = certificates == null ? "" : ",TLS://127.0.0.1:" + tlsPort;
    String plain =
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_app=\"geheim\";";
    List<String> lines =
        new ArrayList<>(
            List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controller,
                "listeners=PLAIN://127.0.0.1:"
                    + port
                    + ",LOGIN://127.0.0.1:"
                    + saslPort
                    + tls
                    + ",CONTROLLER://127.0.0.1:"
                    + controller,
                "advertised.listeners=PLAIN://127.0.0.1:"
                    + port
                    + ",LOGIN://127.0.0.1:"
                    + saslPort
                    + tls,
                "listener.security.protocol.map=PLAIN:PLAINTEXT,LOGIN:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=PLAIN",
                "sasl.enabled.mechanisms=PLAIN",
                "listener.name.login.plain.sasl.jaas.config=" + plain,
                "log.dirs=" + folder.resolve("data"),
                "num.partitions=" + partitions,
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=2",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "group.initial.rebalance.delay.ms=0",
                // A broker that was killed may come back when its session is over: after nine
                // seconds else.
                "broker.session.timeout.ms=3000",
                "broker.heartbeat.interval.ms=500",
                "auto.create.topics.enable=true"));
    if (certificates != null) {
      lines.addAll(
          List.of(
              "listener.name.tls.ssl.keystore.type=PEM",
              "listener.name.tls.ssl.keystore.location=" + certificates.serverBundle(),
              "listener.name.tls.ssl.truststore.type=PEM",
              "listener.name.tls.ssl.truststore.location=" + certificates.authority().certificate(),
              "listener.name.tls.ssl.client.auth=required"));
    }
    Files.write(config(), lines);
    format();
    start();
  }

  private Path config() {
    return folder.resolve("server.properties");
  }

  private List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx320m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp",
        System.getProperty("java.class.path"),
        "kafka.Kafka",
        config().toString());
  }

  /** Here and not in a process of its own, which would take seconds. */
  private void format() throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status;
    try (PrintStream to = new PrintStream(said, true, UTF_8)) {
      status =
          StorageTool.execute(
              new String[] {"format", "-t", CLUSTER, "-c", config().toString()}, to);
    }
    if (status != 0) {
      throw new IOException(said.toString(UTF_8));
    }
  }

  /** Starts it, again if it was stopped; it keeps its port and its data. */
  public void start() {
    try {
      process =
          new ProcessBuilder(command())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("server.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(this::accepts);
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  public void stop() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Where the user {@code app} logs in with the password {@code geheim}. */
  public String loginAddress() {
    return "127.0.0.1:" + saslPort;
  }

  /** Where clients need a certificate. */
  public String tlsAddress() {
    return "127.0.0.1:" + tlsPort;
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
