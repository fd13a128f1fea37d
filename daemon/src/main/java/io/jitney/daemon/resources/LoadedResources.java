package io.jitney.daemon.resources;

import java.util.List;

/**
 * What the resource folders hold for one app instance: in its namespace and scope, in file order.
 *
 * @param components Component resources
 * @param httpEndpoints HTTPEndpoint resources
 * @param resiliencies Resiliency resources, to be merged
 * @param subscriptions Subscription resources, one for each name
 */
public record LoadedResources(
    List<ComponentResource> components,
    List<HttpEndpointResource> httpEndpoints,
    List<ResiliencyResource> resiliencies,
    List<SubscriptionResource> subscriptions) {
  /** No folder. */
  public static final LoadedResources NONE =
      new LoadedResources(List.of(), List.of(), List.of(), List.of());

  public LoadedResources {
    components = List.copyOf(components);
    httpEndpoints = List.copyOf(httpEndpoints);
    resiliencies = List.copyOf(resiliencies);
    subscriptions = List.copyOf(subscriptions);
  }
}
