package io.jitney.daemon.resources;

import io.jitney.tenancy.scope.AppScopes;

/** What resources of all kinds have. */
public sealed interface Resource
    permits ComponentResource, HttpEndpointResource, ResiliencyResource, SubscriptionResource {
  Metadata metadata();

  /** As Dapr spells it, {@code Component}. */
  String kind();

  /** How log lines name it. */
  String logName();

  /**
   * Name and the like.
   *
   * @param name {@code metadata.name}, "" when absent
   * @param namespace {@code metadata.namespace}, "" when absent
   * @param secretStore {@code auth.secretStore}, "" when absent
   * @param scopes apps it is for
   */
  record Metadata(String name, String namespace, String secretStore, AppScopes scopes) {}
}
