package io.jitney.components.kafka;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/**
 * Looks whether a broker can be reached with the settings' login, as daprd's client does when it is
 * opened: a component that cannot reach any fails then, and not with its first message.
 */
public final class BrokerProbe {
  private static final String PROBLEM =
      "failed to get latest Kafka clients for initialization: kafka: client has run out of"
          + " available brokers to talk to: ";
  private static final int ATTEMPTS = 4;
  private static final long PAUSE_MILLIS = 250;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int LOGIN_MILLIS = 15_000;

  private final VertxInternal vertx;
  private final KafkaSettings settings;

  private BrokerProbe(NodeResources node, KafkaSettings settings) {
    vertx = (VertxInternal) node.vertx();
    this.settings = settings;
  }

  /** Fails with daprd's words where no broker can be reached or the login is refused. */
  public static Future<Void> reach(NodeResources node, KafkaSettings settings) {
    BrokerProbe probe = new BrokerProbe(node, settings);
    return probe
        .dial(1)
        .compose(open -> settings.auth().isPlain() ? Future.succeededFuture() : probe.login());
  }

  private Future<Void> dial(int attempt) {
    NetClient client =
        vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_MILLIS));
    List<String> problems = new ArrayList<>();
    Future<Boolean> connected = Future.succeededFuture(false);
    for (String broker : settings.brokers().split(",", -1)) {
      connected =
          connected.compose(
              yes -> yes ? Future.succeededFuture(true) : dial(client, broker.strip(), problems));
    }
    return connected
        .onComplete(done -> client.close())
        .compose(
            yes -> {
              if (yes) {
                return Future.succeededFuture();
              }
              return attempt < ATTEMPTS
                  ? vertx.timer(PAUSE_MILLIS).compose(due -> dial(attempt + 1))
                  : failed(joined(problems));
            });
  }

  private static Future<Boolean> dial(NetClient client, String broker, List<String> problems) {
    int colon = broker.lastIndexOf(':');
    int port;
    try {
      port = Integer.parseInt(broker.substring(colon + 1));
    } catch (NumberFormatException e) {
      problems.add("dial tcp: address " + broker + ": missing port in address");
      return Future.succeededFuture(false);
    }
    String host = broker.substring(0, Math.max(colon, 0)).replace("[", "").replace("]", "");
    return client
        .connect(port, host)
        .map(
            socket -> {
              socket.close();
              return true;
            })
        .recover(
            failure -> {
              problems.add(describe(failure, broker, host));
              return Future.succeededFuture(false);
            });
  }

  private static String describe(Throwable failure, String broker, String host) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case UnknownHostException e -> "dial tcp: lookup " + host + ": no such host";
      case io.netty.channel.ConnectTimeoutException e -> "dial tcp " + broker + ": i/o timeout";
      default ->
          "dial tcp "
              + broker
              + ": connect: "
              + (message.contains("refused")
                  ? "connection refused"
                  : message.toLowerCase(Locale.ROOT));
    };
  }

  private static String joined(List<String> problems) {
    return problems.size() == 1
        ? problems.getFirst()
        : problems.size() + " errors occurred:\n\t* " + String.join("\n\t* ", problems) + "\n";
  }

  /** The client's own handshake: certificates and logins. Its calls block. */
  private Future<Void> login() {
    Promise<Void> promise = vertx.getOrCreateContext().promise();
    Thread.ofVirtual()
        .name("jitney-kafka-open")
        .start(
            () -> {
              try (Closing admin = new Closing(Admin.create(config()))) {
                admin
                    .client()
                    .describeCluster()
                    .clusterId()
                    .get(LOGIN_MILLIS, TimeUnit.MILLISECONDS);
                promise.complete();
              } catch (ExecutionException | TimeoutException | KafkaException e) {
                promise.fail(new ComponentException.Failed(PROBLEM + reason(e)));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                promise.fail(e);
              }
            });
    return promise.future();
  }

  private static String reason(Exception failure) {
    String text = ProducerPool.text(failure);
    return text.startsWith("kafka: ") ? text.substring("kafka: ".length()) : text;
  }

  /** An admin client whose end nobody waits for. */
  private record Closing(Admin client) implements AutoCloseable {
    @Override
    public void close() {
      client.close(Duration.ZERO);
    }
  }

  private Map<String, Object> config() {
    Map<String, Object> config = new HashMap<>(settings.auth().client());
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.brokers());
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "sarama");
    config.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
    config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LOGIN_MILLIS);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LOGIN_MILLIS / 2);
    return config;
  }

  private static <T> Future<T> failed(String problem) {
    return Future.failedFuture(new ComponentException.Failed(PROBLEM + problem));
  }
}
