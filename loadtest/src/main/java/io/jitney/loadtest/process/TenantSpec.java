package io.jitney.loadtest.process;

import io.jitney.loadtest.scenario.Events;
import io.jitney.loadtest.scenario.Load;

/**
 * A tenant to be set up.
 *
 * @param appId its name
 * @param aggressor whether its app runs with the aggressor's
 * @param publisher app id of the tenant to whose topic this one subscribes; empty: to none
 */
public record TenantSpec(
    String appId,
    boolean aggressor,
    Load.Store store,
    Load.App app,
    Events events,
    String publisher) {

  /** Whether its app is in the worker that publishes. */
  boolean isReceiver() {
    return !publisher.isEmpty();
  }
}
