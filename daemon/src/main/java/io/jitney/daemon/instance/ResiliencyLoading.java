package io.jitney.daemon.instance;

import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.resources.ResiliencyResource;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Gives an instance the policies of its Resiliency resources. What can not be read is logged and
 * left out. For virtual threads: rules are compiled.
 */
final class ResiliencyLoading {
  private static final String SCOPE = "dapr.runtime.resiliency";

  private ResiliencyLoading() {}

  /** Keeps the policies in force, and what their breakers know, when nothing changed. */
  static void load(Vertx vertx, AppInstance instance, List<ResiliencyResource> resources) {
    if (!instance.resiliency().isOf(resources)) {
      instance.resiliency(
          Resiliency.of(
              vertx,
              resources,
              instance.metrics().resiliency(),
              problem -> instance.log().error(SCOPE, problem)));
    }
  }
}
