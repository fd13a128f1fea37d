package io.jitney.components.spi;

/**
 * What a component is opened from.
 *
 * @param name {@code metadata.name} of the resource
 * @param type {@code spec.type} as written, {@code state.redis} for example
 * @param version {@code spec.version} as written, possibly empty
 * @param metadata resolved metadata: references and placeholders are already replaced
 */
public record ComponentSpec(String name, String type, String version, Metadata metadata) {
  /**
   * {@code name (type/version)}, as daprd's log lines name a component; an empty version reads
   * {@code v1}.
   */
  public String logName() {
    return name + " (" + type + "/" + (version.isEmpty() ? "v1" : version) + ")";
  }

  @Override
  public String toString() {
    return logName(); // metadata may hold secrets
  }
}
