package io.jitney.daemon.testing;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar that a test wants: what would be flags, environment and files of a daprd. Immutable.
 *
 * @param environment of the sidecar alone ({@code NAMESPACE}, {@code DAPR_API_TOKEN}, ...)
 * @param resources files of its resources folder, by name
 * @param configuration a Configuration resource; null: none
 * @param app null: no app
 * @param maxBodySize bytes
 * @param folder working directory and place of its files; null: a fresh one
 */
public record SidecarSpec(
    String appId,
    Map<String, String> environment,
    Map<String, String> resources,
    @Nullable String configuration,
    @Nullable App app,
    long maxBodySize,
    @Nullable Path folder) {

  /**
   * The app behind the sidecar: {@code protocol} as the flag spells it; {@code maxConcurrency} -1:
   * no limit.
   */
  public record App(int port, String protocol, int maxConcurrency) {}

  public static SidecarSpec app(String appId) {
    return new SidecarSpec(appId, Map.of(), Map.of(), null, null, 4 << 20, null);
  }

  public SidecarSpec env(String name, String value) {
    return new SidecarSpec(
        appId, plus(environment, name, value), resources, configuration, app, maxBodySize, folder);
  }

  /** One more resource file. */
  public SidecarSpec resource(String file, String yaml) {
    return new SidecarSpec(
        appId, environment, plus(resources, file, yaml), configuration, app, maxBodySize, folder);
  }

  /** One more Component: {@code metadata} alternates names and values. */
  public SidecarSpec component(String name, String type, String... metadata) {
    StringBuilder yaml =
        new StringBuilder("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: \"")
            .append(name)
            .append("\"\nspec:\n  type: ")
            .append(type)
            .append("\n  version: v1\n");
    if (metadata.length > 0) {
      yaml.append("  metadata:\n");
    }
    for (int i = 0; i < metadata.length; i += 2) {
      yaml.append("  - name: ")
          .append(metadata[i])
          .append("\n    value: \"")
          .append(metadata[i + 1])
          .append("\"\n");
    }
    return resource("component-" + resources.size() + ".yaml", yaml.toString());
  }

  public SidecarSpec configuration(String yaml) {
    return new SidecarSpec(appId, environment, resources, yaml, app, maxBodySize, folder);
  }

  /** With an app on {@code port} of localhost. */
  public SidecarSpec app(int port, String protocol) {
    return app(new App(port, protocol, -1));
  }

  public SidecarSpec app(App behind) {
    return new SidecarSpec(
        appId, environment, resources, configuration, behind, maxBodySize, folder);
  }

  public SidecarSpec maxBodySize(long bytes) {
    return new SidecarSpec(appId, environment, resources, configuration, app, bytes, folder);
  }

  public SidecarSpec folder(Path place) {
    return new SidecarSpec(appId, environment, resources, configuration, app, maxBodySize, place);
  }

  private static Map<String, String> plus(Map<String, String> map, String key, String value) {
    Map<String, String> more = new HashMap<>(map);
    more.put(key, value);
    return Map.copyOf(more);
  }
}
