package io.jitney.daemon.testing;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Metadata;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.ComponentSet;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.state.KeyPrefix;
import io.jitney.daemon.state.StateBinding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** Opens state components the short way, until the daemon loads resources itself. */
final class ResourceStandIn {
  private ResourceStandIn() {}

  static void load(Node node, AppInstance instance, SidecarSpec spec) throws Exception {
    for (String yaml : spec.resources().values()) {
      for (Object document : new Yaml().loadAll(yaml)) {
        Map<?, ?> resource = (Map<?, ?>) document;
        String name = String.valueOf(((Map<?, ?>) resource.get("metadata")).get("name"));
        Map<?, ?> body = (Map<?, ?>) resource.get("spec");
        String type = String.valueOf(body.get("type"));
        Map<String, String> metadata = new HashMap<>();
        if (body.get("metadata") instanceof List<?> items) {
          for (Object item : items) {
            metadata.put(
                String.valueOf(((Map<?, ?>) item).get("name")), String.valueOf(((Map<?, ?>) item).get("value")));
          }
        }
        open(node, instance, new ComponentSpec(name, type, "v1", new Metadata(metadata)));
      }
    }
  }

  private static void open(Node node, AppInstance instance, ComponentSpec spec) throws Exception {
    ComponentOpening opening =
        new ComponentOpening(
            node.resources(),
            instance.settings().environment(),
            instance.settings().workingDirectory(),
            instance.log().forComponent(spec.name()));
    StateStore store =
        Catalog.stateStore(spec.type(), spec.version())
            .orElseThrow()
            .open(spec, opening)
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    String strategy = spec.metadata().get("keyPrefix", "appid");
    KeyPrefix keys =
        KeyPrefix.of(strategy, instance.appId(), instance.settings().namespace(), spec.name());
    instance
        .components()
        .add(
            new ComponentSet.Loaded(spec.name(), spec.type(), spec.version(), List.of()),
            new StateBinding(spec.name(), store, keys, null));
  }
}
