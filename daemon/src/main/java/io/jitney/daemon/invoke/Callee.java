package io.jitney.daemon.invoke;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.tenancy.TenantId;

/** Who an id means. */
sealed interface Callee {
  /** The caller's own app, at the calling instance. */
  record Own(AppInstance instance) implements Callee {}

  /** Another app that this daemon knows. */
  record Peer(TenantId tenant) implements Callee {}

  /** An HTTPEndpoint resource of the caller. */
  record Endpoint(HttpEndpoint endpoint) implements Callee {}

  /** A URL in the place of an id. */
  record Url(String url) implements Callee {}

  /** An app that is not here. */
  record Away(TenantId tenant) implements Callee {}
}
