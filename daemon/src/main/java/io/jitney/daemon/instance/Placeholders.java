package io.jitney.daemon.instance;

import io.jitney.components.spi.Metadata;
import io.jitney.daemon.resources.Property;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The placeholders of component metadata: {@code {uuid} {podName} {namespace} {appID}}. */
final class Placeholders {
  private static final String UUID_WORD = "{uuid}";
  private static final String POD_NAME = "{podName}";

  private Placeholders() {}

  /** Resolved metadata; of a property that is there twice the last one counts. */
  static Metadata fill(List<Property> properties, InstanceSettings settings)
      throws ComponentFailure {
    Map<String, String> filled = new LinkedHashMap<>();
    for (Property property : properties) {
      filled.put(property.name(), fill(property, settings));
    }
    return new Metadata(filled);
  }

  private static String fill(Property property, InstanceSettings settings) throws ComponentFailure {
    String value = property.text();
    if (value.indexOf('{') < 0) {
      return value;
    }
    value = uuids(value);
    if (value.contains(POD_NAME)) {
      String pod = settings.environment().getOrDefault("POD_NAME", "");
      if (pod.isEmpty()) {
        throw ComponentFailure.plain(
            "failed to parse metadata: property "
                + property.name()
                + " refers to {podName} but podName is not set");
      }
      value = value.replace(POD_NAME, pod);
    }
    // not the bare namespace: daprd's placeholder has the app id in it
    return value
        .replace("{namespace}", settings.identityNamespace() + "." + settings.appId())
        .replace("{appID}", settings.appId());
  }

  /** A fresh one for each occurrence. */
  private static String uuids(String value) {
    int at = value.indexOf(UUID_WORD);
    if (at < 0) {
      return value;
    }
    StringBuilder filled = new StringBuilder();
    int from = 0;
    while (at >= 0) {
      filled.append(value, from, at).append(UUID.randomUUID());
      from = at + UUID_WORD.length();
      at = value.indexOf(UUID_WORD, from);
    }
    return filled.append(value, from, value.length()).toString();
  }
}
