package io.jitney.loadtest.process;

import io.jitney.loadtest.scenario.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folders of resources that sidecars are started with: one for each kind of store. */
final class ComponentFiles {
  /** Name of the store in each of them. */
  static final String STORE = "store";

  private ComponentFiles() {}

  static void write(Path folder, int redisPort, int slowPort) throws IOException {
    for (Load.Store store : Load.Store.values()) {
      Path resources = Files.createDirectories(of(folder, store));
      String spec =
          switch (store) {
            case REDIS -> redis(redisPort);
            case SLOW -> redis(slowPort);
            case MEMORY -> "  type: state.in-memory\n  version: v1\n  metadata: []\n";
          };
      Files.writeString(
          resources.resolve("store.yaml"),
          "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: "
              + STORE
              + "\nspec:\n"
              + spec);
    }
  }

  static Path of(Path folder, Load.Store store) {
    return folder.resolve("resources-" + store.name().toLowerCase(java.util.Locale.ROOT));
  }

  private static String redis(int port) {
    return """
          type: state.redis
          version: v1
          initTimeout: 30s
          metadata:
          - name: redisHost
            value: "127.0.0.1:%d"
          - name: redisPassword
            value: ""
        """
        .formatted(port);
  }
}
