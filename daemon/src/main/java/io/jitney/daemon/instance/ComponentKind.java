package io.jitney.daemon.instance;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a component type before its first dot, compared exactly. Kinds that this version does
 * not serve know the types daprd has of them, so that a slip of the pen is told from a component
 * that is waited for.
 */
enum ComponentKind {
  SECRET_STORES("secretstores", "secret store"),
  STATE("state", "state store"),
  PUBSUB(
      "pubsub",
      "message bus",
      "redis",
      "kafka",
      "rabbitmq",
      "mqtt3",
      "mqtt",
      "in-memory",
      "azure.servicebus.topics",
      "azure.servicebus",
      "azure.servicebus.queues",
      "azure.servicebusqueues",
      "azure.eventhubs",
      "aws.snssqs",
      "snssqs",
      "gcp.pubsub",
      "pulsar",
      "jetstream",
      "solace.amqp",
      "kubemq",
      "rocketmq"),
  BINDINGS(
      "bindings",
      "binding",
      "cron",
      "http",
      "kafka",
      "redis",
      "rabbitmq",
      "postgresql",
      "postgres",
      "localstorage",
      "mqtt3",
      "mqtt",
      "mysql",
      "aws.s3",
      "aws.sqs",
      "aws.sns",
      "aws.dynamodb",
      "aws.kinesis",
      "aws.ses",
      "azure.blobstorage",
      "azure.storagequeues",
      "azure.servicebus.queues",
      "azure.servicebusqueues",
      "azure.eventhubs",
      "azure.cosmosdb",
      "azure.cosmosdb.gremlinapi",
      "azure.eventgrid",
      "azure.openai",
      "azure.signalr",
      "gcp.bucket",
      "gcp.pubsub",
      "smtp",
      "graphql",
      "kubernetes",
      "alicloud.dingtalk.webhook",
      "dingtalk.webhook",
      "alicloud.oss",
      "alicloud.sls",
      "alicloud.tablestore",
      "alicloud.dubbo",
      "apns",
      "cloudflare.queues",
      "commercetools",
      "dubbo",
      "huawei.obs",
      "influx",
      "kubemq",
      "postmark",
      "rethinkdb.statechange",
      "rocketmq",
      "sftp",
      "twilio.sendgrid",
      "twilio.sms",
      "wasm",
      "zeebe.command",
      "zeebe.jobworker"),
  CONFIGURATION(
      "configuration",
      "configuration store",
      "redis",
      "postgresql",
      "postgres",
      "kubernetes",
      "azure.appconfig"),
  LOCK("lock", "lock store", "redis"),
  CRYPTO(
      "crypto",
      "crypto provider",
      "dapr.localstorage",
      "dapr.jwks",
      "dapr.kubernetes.secrets",
      "azure.keyvault"),
  CONVERSATION(
      "conversation",
      "conversation",
      "echo",
      "openai",
      "anthropic",
      "aws.bedrock",
      "deepseek",
      "googleai",
      "huggingface",
      "mistral",
      "ollama"),
  MIDDLEWARE(
      "middleware",
      "HTTP middleware",
      "http.bearer",
      "http.ratelimit",
      "http.uppercase",
      "http.oauth2",
      "http.oauth2clientcredentials",
      "http.opa",
      "http.routeralias",
      "http.routerchecker",
      "http.sentinel",
      "http.wasm");

  private final String prefix;
  private final String what;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> unserved;

  ComponentKind(String word, String what, String... unserved) {
    this.prefix = word + ".";
    this.what = what;
    this.unserved = Set.of(unserved);
  }

  /** The kind of a type; null when daprd has none such. */
  static @Nullable ComponentKind of(String type) {
    for (ComponentKind kind : values()) {
      if (type.startsWith(kind.prefix)) {
        return kind;
      }
    }
    return null;
  }

  /** Whether daprd has this component and this version does not serve its kind. */
  boolean waitedFor(String type, String version) {
    String name = type.substring(prefix.length()).toLowerCase(Locale.ROOT);
    return unserved.contains(name)
        && switch (version.toLowerCase(Locale.ROOT)) {
          case "", "v0", "v1" -> true;
          default -> false;
        };
  }

  /** What daprd says of a type or version it does not have. */
  String notFound(String name, String type, String version) {
    return switch (this) {
      case BINDINGS -> "couldn't find binding %s (%s/%s)".formatted(name, type, version);
      case MIDDLEWARE -> "HTTP middleware %s/%s has not been registered".formatted(type, version);
      case SECRET_STORES, STATE, PUBSUB, CONFIGURATION, LOCK, CRYPTO, CONVERSATION ->
          "couldn't find %s %s/%s".formatted(what, type, version);
    };
  }
}
