package io.jitney.daemon.resources;

import java.util.List;

/**
 * A Component resource as written; references and placeholders are not resolved yet.
 *
 * @param type {@code spec.type}
 * @param version {@code spec.version}, possibly empty
 * @param ignoreErrors whether an instance starts without it when it can not be opened
 * @param initTimeout {@code spec.initTimeout} as written
 * @param properties {@code spec.metadata} in order
 */
public record ComponentResource(
    Metadata metadata,
    String type,
    String version,
    boolean ignoreErrors,
    String initTimeout,
    List<Property> properties)
    implements Resource {
  public ComponentResource {
    properties = List.copyOf(properties);
  }

  public String name() {
    return metadata.name();
  }

  @Override
  public String kind() {
    return "Component";
  }

  /** {@code name (type/version)}; an empty version reads {@code v1}. */
  @Override
  public String logName() {
    return name() + " (" + type + "/" + (version.isEmpty() ? "v1" : version) + ")";
  }

  /** The same with other properties. */
  public ComponentResource withProperties(List<Property> resolved) {
    return new ComponentResource(metadata, type, version, ignoreErrors, initTimeout, resolved);
  }

  /** Whether one may stand for the other: scopes and namespace only say for whom it is. */
  public boolean sameAs(ComponentResource other) {
    return name().equals(other.name())
        && metadata.secretStore().equals(other.metadata.secretStore())
        && type.equals(other.type)
        && version.equals(other.version)
        && ignoreErrors == other.ignoreErrors
        && initTimeout.equals(other.initTimeout)
        && properties.equals(other.properties);
  }

  @Override
  public String toString() {
    return logName();
  }
}
