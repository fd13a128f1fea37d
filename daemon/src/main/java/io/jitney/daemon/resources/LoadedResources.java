package io.jitney.daemon.resources;

import java.util.List;

/**
 * What the resource folders hold for one app instance: in its namespace and scope, in file order.
 *
 * @param components Component resources
 * @param httpEndpoints HTTPEndpoint resources
 */
public record LoadedResources(
    List<ComponentResource> components, List<HttpEndpointResource> httpEndpoints) {
  /** No folder. */
  public static final LoadedResources NONE = new LoadedResources(List.of(), List.of());

  public LoadedResources {
    components = List.copyOf(components);
    httpEndpoints = List.copyOf(httpEndpoints);
  }
}
