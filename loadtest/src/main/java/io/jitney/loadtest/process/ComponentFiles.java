package io.jitney.loadtest.process;

import io.jitney.loadtest.scenario.Events;
import io.jitney.loadtest.scenario.Load;
import io.jitney.loadtest.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The folders of resources that sidecars are started with: one for each store and broker. */
final class ComponentFiles {
  /** Name of the store in each of them. */
  static final String STORE = "store";

  private ComponentFiles() {}

  static void write(Path folder, int redisPort, int slowPort, String kafka) throws IOException {
    for (Load.Store store : Load.Store.values()) {
      String state =
          switch (store) {
            case REDIS -> redis("state", redisPort);
            case SLOW -> redis("state", slowPort);
            case MEMORY -> "  type: state.in-memory\n  version: v1\n  metadata: []\n";
          };
      for (Events.Broker broker : Events.Broker.values()) {
        Path resources = Files.createDirectories(of(folder, store, broker));
        write(resources, STORE, state);
        switch (broker) {
          case NONE -> {}
          case MEMORY ->
              write(
                  resources,
                  Topics.COMPONENT,
                  "  type: pubsub.in-memory\n  version: v1\n  metadata: []\n");
          case REDIS -> write(resources, Topics.COMPONENT, redis("pubsub", redisPort));
          case KAFKA -> write(resources, Topics.COMPONENT, kafka(kafka));
        }
      }
    }
  }

  private static void write(Path resources, String name, String spec) throws IOException {
    Files.writeString(
        resources.resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: "
            + name
            + "\nspec:\n"
            + spec);
  }

  static Path of(Path folder, Load.Store store, Events.Broker broker) {
    return folder.resolve(
        "resources-"
            + store.name().toLowerCase(Locale.ROOT)
            + "-"
            + broker.name().toLowerCase(Locale.ROOT));
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
