package io.jitney.daemon.testing;

import io.jitney.daemon.instance.InstanceSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Settings of instances that are never listened to. */
public final class TestSettings {
  private TestSettings() {}

  /**
   * @param environment {@code NAMESPACE} is taken from it
   * @param resources folders
   * @param configs Configuration files
   */
  public static InstanceSettings of(
      String appId, Map<String, String> environment, List<Path> resources, List<Path> configs) {
    return new InstanceSettings(
        appId,
        environment.getOrDefault("NAMESPACE", ""),
        new InstanceSettings.AppEndpoint(
            "127.0.0.1", 0, InstanceSettings.AppProtocol.HTTP, -1, null),
        new InstanceSettings.Listen(List.of("127.0.0.1"), -1, -1, 0, "", -1, "", -1, ""),
        4 << 20,
        4096,
        1,
        -1,
        new InstanceSettings.LogSettings("info", false, null),
        null,
        "",
        "",
        "",
        new InstanceSettings.ResourceSettings(resources, configs),
        true,
        true,
        null,
        false,
        Set.of(),
        3_000,
        environment,
        Path.of("").toAbsolutePath());
  }
}
