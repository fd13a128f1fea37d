package io.jitney.loadtest.process;

import io.jitney.loadtest.scenario.Events;
import io.jitney.loadtest.scenario.Load;
import io.jitney.loadtest.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The folders of resources that sidecars are started with: one for each store and kind of events.
 *
 * @param folder that gets them
 * @param redisPort of the load test's own Redis
 * @param slowPort of the delaying proxy in front of it
 * @param kafka address; empty where nobody wants one
 */
record ComponentFiles(Path folder, int redisPort, int slowPort, String kafka) {
  /** Name of the store in each of them. */
  static final String STORE = "store";

  private static final String IN_MEMORY = "  type: %s.in-memory\n  version: v1\n  metadata: []\n";

  /** The folder for such tenants, made when it is not there. */
  Path of(Load.Store store, Events events) throws IOException {
    Path resources = folder.resolve(name(store, events));
    if (Files.isDirectory(resources)) {
      return resources;
    }
    Files.createDirectories(resources);
    write(
        resources,
        STORE,
        switch (store) {
          case REDIS -> redis("state", redisPort);
          case SLOW -> redis("state", slowPort);
          case MEMORY -> IN_MEMORY.formatted("state");
        });
    switch (events.broker()) {
      case NONE -> {}
      case MEMORY -> write(resources, Topics.COMPONENT, IN_MEMORY.formatted("pubsub"));
      case REDIS ->
          write(
              resources,
              Topics.COMPONENT,
              redis("pubsub", redisPort) + redeliver(events.redeliver()));
      case KAFKA -> write(resources, Topics.COMPONENT, kafka(kafka));
    }
    return resources;
  }

  private static String name(Load.Store store, Events events) {
    String name = "resources-" + store + "-" + events.broker();
    if (events.redeliver() > 0) {
      name += "-" + millis(events.redeliver());
    }
    return name.toLowerCase(Locale.ROOT);
  }

  private static long millis(double seconds) {
    return Math.max(1, Math.round(seconds * 1000));
  }

  private static void write(Path resources, String name, String spec) throws IOException {
    Files.writeString(
        resources.resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: "
            + name
            + "\nspec:\n"
            + spec);
  }

  private static String redis(String block, int port) {
    return """
          type: %s.redis
          version: v1
          initTimeout: 30s
          metadata:
          - name: redisHost
            value: "127.0.0.1:%d"
          - name: redisPassword
            value: ""
        """
        .formatted(block, port);
  }

  private static String redeliver(double seconds) {
    return seconds == 0
        ? ""
        : """
          - name: processingTimeout
            value: "%1$dms"
          - name: redeliverInterval
            value: "%1$dms"
        """
            .formatted(millis(seconds));
  }

  private static String kafka(String address) {
    return """
          type: pubsub.kafka
          version: v1
          initTimeout: 30s
          metadata:
          - name: brokers
            value: "%s"
          - name: authType
            value: none
          - name: initialOffset
            value: oldest
        """
        .formatted(address);
  }
}
