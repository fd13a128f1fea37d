package io.jitney.components.redis;

import static io.jitney.components.testing.TestNode.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.redis.RedisStateStore;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.TestGates;
import io.jitney.components.testing.TestNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clusters, sentinels and TLS. */
class RedisTopologyIT {
  @RegisterExtension static final RedisServer CLUSTER = new RedisServer("--cluster-enabled", "yes");

  @TempDir Path folder;
  private TestNode node = new TestNode(Path.of("."), new TestGates());

  @BeforeEach
  void openNode() {
    node.close();
    node = new TestNode(folder, new TestGates());
  }

  @AfterEach
  void closeNode() {
    assertThat(node.pools().clientsByType()).isEmpty();
    node.close();
  }

  private StateStore open(String host, String... more) {
    Map<String, String> metadata = new HashMap<>(Map.of("redisHost", host));
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    return node.await(
        () -> RedisStateStore.open(TestNode.spec("state.redis", metadata), node.opening()));
  }

  private static SetRequest put(String key, String json) {
    return new SetRequest(
        key, new StateData.Json(Buffer.buffer(json)), null, Map.of(), StateOptions.NONE);
  }

  private static GetRequest read(String key) {
    return new GetRequest(key, "", Map.of());
  }

  private void savesAndReads(StateStore store) {
    node.await(() -> store.set(call(), put("a||k", "1")));
    StateItem item = node.await(() -> store.get(call(), read("a||k")));
    assertThat(item).isEqualTo(new StateItem(Buffer.buffer("1"), "1", Map.of()));
    String large = "\"" + "0123456789abcdef".repeat(64 * 1024) + "\"";
    node.await(() -> store.set(call(), put("a||large", large)));
    Buffer read = node.await(() -> store.get(call(), read("a||large"))).data();
    assertThat(read.toString().equals(large)).as("a large value arrives whole").isTrue();
  }

  @Test
  void cluster() {
    CLUSTER.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> ((String) CLUSTER.command("CLUSTER", "INFO")).contains("cluster_state:ok"));
    StateStore store = open(CLUSTER.address(), "redisType", "cluster");
    savesAndReads(store);
    List<GetRequest> keys = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String key = "a||n" + i;
      node.await(() -> store.set(call(), put(key, "1")));
      keys.add(read(key));
    }
    assertThat(node.await(() -> store.bulkGet(call(), keys, 0)))
        .hasSize(50)
        .allSatisfy((BulkItem item) -> assertThat(item.item().etag()).isEqualTo("1"));
    List<StateOperation> operations = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      operations.add(new StateOperation.Upsert(put("a||t", "" + i)));
    }
    node.await(() -> ((StateStore.Transactional) store).transact(call(), operations, Map.of()));
    assertThat(node.await(() -> store.get(call(), read("a||t"))).etag()).isEqualTo("100");
    node.await(store::close);
  }

  @Test
  void sentinel() throws IOException {
    RedisServer master = new RedisServer("--requirepass", "pw");
    Process sentinel = null;
    try {
      master.start(RedisServer.freePort());
      int port = RedisServer.freePort();
      Path config = folder.resolve("sentinel.conf");
      Files.writeString(
          config,
          "port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor mymaster 127.0.0.1 %d 1\nsentinel auth-pass mymaster pw\n"
              .formatted(port, folder, master.port()));
      sentinel =
          new ProcessBuilder(RedisServer.program(), config.toString(), "--sentinel")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      String address = "127.0.0.1:" + port;
      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                StateStore store =
                    open(
                        address,
                        "failover",
                        "true",
                        "sentinelMasterName",
                        "mymaster",
                        "redisPassword",
                        "pw",
                        "redisMaxRetries",
                        "-1");
                try {
                  savesAndReads(store);
                } finally {
                  node.await(store::close);
                }
              });
    } finally {
      master.stop();
      if (sentinel != null) {
        sentinel.destroyForcibly().onExit().join();
      }
    }
  }

  @Test
  void tls() throws Exception {
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-days",
        "2",
        "-subj",
        "/CN=localhost");
    String certificate = Files.readString(folder.resolve("cert.pem"));
    String key = Files.readString(folder.resolve("key.pem"));
    int port = RedisServer.freePort();
    Process server =
        new ProcessBuilder(
                RedisServer.program(),
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
                "cert.pem",
                "--tls-key-file",
                "key.pem",
                "--tls-ca-cert-file",
                "cert.pem",
                "--tls-auth-clients",
                "yes")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      String host = "127.0.0.1:" + port;
      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .ignoreExceptions()
          .untilAsserted(
              () -> new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port).close());
      StateStore store =
          open(
              host,
              "enableTLS",
              "true",
              "insecureSkipTLSVerify",
              "true",
              "clientCert",
              certificate,
              "clientKey",
              key);
      savesAndReads(store);
      node.await(store::close);
      assertThatThrownBy(
              () ->
                  open(
                      host,
                      "enableTLS",
                      "true",
                      "clientCert",
                      certificate,
                      "clientKey",
                      key,
                      "redisMaxRetries",
                      "-1"))
          .as("the server's certificate is checked unless told otherwise")
          .isInstanceOf(ComponentException.Failed.class)
          .hasMessageContaining("tls: ");
      assertThatThrownBy(
              () ->
                  open(
                      host,
                      "enableTLS",
                      "true",
                      "insecureSkipTLSVerify",
                      "true",
                      "redisMaxRetries",
                      "-1"))
          .as("the server asks for a certificate")
          .isInstanceOf(ComponentException.Failed.class);
      assertThatThrownBy(
              () -> open(host, "enableTLS", "true", "clientCert", "s3cret", "clientKey", "s3cret"))
          .hasMessageContaining("redis client configuration error: tls:")
          .hasMessageNotContaining("s3cret");
    } finally {
      server.destroyForcibly().onExit().join();
    }
  }

  private void run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
