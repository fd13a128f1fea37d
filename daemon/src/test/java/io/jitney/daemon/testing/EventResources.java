package io.jitney.daemon.testing;

/** Documents of resource files for tests of events, each with its separator. */
public final class EventResources {
  private EventResources() {}

  /** The component {@code bus} over a Redis. */
  public static String redisBus(String address) {
    return """
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.redis, version: v1, metadata: [{name: redisHost, value: "%s"}]}
        """
        .formatted(address);
  }

  /** A subscription by declaration, of every app. */
  public static String subscription(String name, String pubsub, String topic, String route) {
    return """
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata: {name: %s}
        spec: {pubsubname: %s, topic: %s, routes: {default: %s}}
        """
        .formatted(name, pubsub, topic, route);
  }

  /** A cron binding that calls every second. */
  public static String everySecond(String name) {
    return """
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: %s}
        spec:
          type: bindings.cron
          version: v1
          metadata: [{name: schedule, value: "@every 1s"}, {name: direction, value: input}]
        """
        .formatted(name);
  }
}
