package io.jitney.components.catalog;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.bindings.cron.CronBinding;
import io.jitney.components.bindings.http.HttpBinding;
import io.jitney.components.bindings.kafka.KafkaInput;
import io.jitney.components.bindings.kafka.KafkaOutput;
import io.jitney.components.bindings.localstorage.LocalStorageBinding;
import io.jitney.components.bindings.mqtt3.MqttInput;
import io.jitney.components.bindings.mqtt3.MqttOutput;
import io.jitney.components.bindings.postgresql.PostgresBinding;
import io.jitney.components.bindings.rabbitmq.RabbitInput;
import io.jitney.components.bindings.rabbitmq.RabbitOutput;
import io.jitney.components.bindings.redis.RedisBinding;
import io.jitney.components.bindings.smtp.SmtpBinding;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.inmemory.InMemoryPubSub;
import io.jitney.components.pubsub.jetstream.JetStreamPubSub;
import io.jitney.components.pubsub.kafka.KafkaPubSub;
import io.jitney.components.pubsub.mqtt3.MqttPubSub;
import io.jitney.components.pubsub.rabbitmq.RabbitPubSub;
import io.jitney.components.pubsub.redis.RedisPubSub;
import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.secretstores.localenv.LocalEnvSecretStore;
import io.jitney.components.secretstores.localfile.LocalFileSecretStore;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.inmemory.InMemoryStateStore;
import io.jitney.components.state.redis.RedisStateStore;
import io.jitney.components.state.sqlite.SqliteStateStore;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Component types this build knows: a plain list per kind. Look-up follows daprd: only the part of
 * the type after the first dot ignores case; versions {@code ""}, {@code v0} and {@code v1} are one
 * for unversioned components. A type that nobody asks for loads no class.
 */
public final class Catalog {
  private Catalog() {}

  public static Optional<ComponentFactory<StateStore>> stateStore(String type, String version) {
    String name = name("state.", type);
    if (name == null || !isInitialVersion(version)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (name) {
          case "in-memory" -> InMemoryStateStore::open;
          case "redis" -> RedisStateStore::open;
          case "sqlite", "sqlite3" -> SqliteStateStore::open;
          default -> null;
        });
  }

  public static Optional<ComponentFactory<SecretStore>> secretStore(String type, String version) {
    String name = name("secretstores.", type);
    if (name == null || !isInitialVersion(version)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (name) {
          case "local.env" -> LocalEnvSecretStore::open;
          case "local.file" -> LocalFileSecretStore::open;
          default -> null;
        });
  }

  /** Message brokers. */
  public static Optional<ComponentFactory<PubSub>> pubSub(String type, String version) {
    String name = name("pubsub.", type);
    if (name == null || !isInitialVersion(version)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (name) {
          case "in-memory" -> InMemoryPubSub::open;
          case "jetstream" -> JetStreamPubSub::open;
          case "kafka" -> KafkaPubSub::open;
          case "mqtt3", "mqtt" -> MqttPubSub::open;
          case "rabbitmq" -> RabbitPubSub::open;
          case "redis" -> RedisPubSub::open;
          default -> null;
        });
  }

  /** Bindings that hand events to the app. */
  public static Optional<ComponentFactory<InputBinding>> inputBinding(String type, String version) {
    String name = name("bindings.", type);
    if (name == null || !isInitialVersion(version)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (name) {
          case "cron" -> CronBinding::open;
          case "kafka" -> KafkaInput::open;
          case "mqtt3", "mqtt" -> MqttInput::open;
          case "rabbitmq" -> RabbitInput::open;
          default -> null;
        });
  }

  /** Bindings that the app calls. */
  public static Optional<ComponentFactory<OutputBinding>> outputBinding(
      String type, String version) {
    String name = name("bindings.", type);
    if (name == null || !isInitialVersion(version)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (name) {
          case "http" -> HttpBinding::open;
          case "kafka" -> KafkaOutput::open;
          case "localstorage" -> LocalStorageBinding::open;
          case "mqtt3", "mqtt" -> MqttOutput::open;
          case "postgresql", "postgres" -> PostgresBinding::open;
          case "rabbitmq" -> RabbitOutput::open;
          case "redis" -> RedisBinding::open;
          case "smtp" -> SmtpBinding::open;
          default -> null;
        });
  }

  /** The name within its kind; null for another kind. */
  private static @Nullable String name(String kind, String type) {
    return type.startsWith(kind) ? type.substring(kind.length()).toLowerCase(Locale.ROOT) : null;
  }

  private static boolean isInitialVersion(String version) {
    return switch (version.toLowerCase(Locale.ROOT)) {
      case "", "v0", "v1" -> true;
      default -> false;
    };
  }
}
