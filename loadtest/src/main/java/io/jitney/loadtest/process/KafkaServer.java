package io.jitney.loadtest.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Kafka of the run's own: one node (KRaft) from the jars that the build has put aside. */
final class KafkaServer {
  private static final String CLUSTER = "AAAAAAAAAAAAAAAAAAAAAA";
  private static final int FORMAT_SECONDS = 60;
  private static final int START_SECONDS = 90;

  private KafkaServer() {}

  /** Starts one; its address. */
  static String start(Children children, Ports ports)
      throws IOException, LoadTestFailure, InterruptedException {
    Path jars = Programs.home().resolve("target/kafka");
    if (!Files.isDirectory(jars)) {
      throw new LoadTestFailure(
          "there is no Kafka in " + jars + ": build the module, or give --kafka HOST:PORT");
    }
    int port = ports.next();
    int controller = ports.next();
    Path config = children.folder().resolve("kafka.properties");
    Files.write(
        config,
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@127.0.0.1:" + controller,
            "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller,
            "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names=CONTROLLER",
            "log.dirs=" + children.folder().resolve("kafka"),
            "num.partitions=4",
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=2",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "share.coordinator.state.topic.replication.factor=1",
            "share.coordinator.state.topic.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
            "auto.create.topics.enable=true"));
    List<String> format = List.of("format", "-t", CLUSTER, "-c", config.toString());
    Process formatting =
        children.start(
            "kafka-format",
            Cores.Role.OTHER,
            Map.of(),
            JavaCommand.kafka(jars, "kafka.tools.StorageTool", format));
    if (!formatting.waitFor(FORMAT_SECONDS, TimeUnit.SECONDS) || formatting.exitValue() != 0) {
      throw new LoadTestFailure("Kafka can not begin: " + children.lastLines("kafka-format"));
    }
    Process server =
        children.start(
            "kafka",
            Cores.Role.OTHER,
            Map.of(),
            JavaCommand.kafka(jars, "kafka.Kafka", List.of(config.toString())));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!accepts(port)) {
      if (!server.isAlive() || System.nanoTime() > end) {
        throw new LoadTestFailure("Kafka does not come up: " + children.lastLines("kafka"));
      }
      Thread.sleep(100);
    }
    return "127.0.0.1:" + port;
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }
}
