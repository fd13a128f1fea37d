package io.jitney.daemon.channel;

import io.vertx.core.Future;

/**
 * The way from the daemon to one app instance. The kinds are {@code HttpAppChannel} (http, https, h2c) and
 * {@code GrpcAppChannel} (grpc, grpcs).
 */
public interface AppChannel {
  /** Whether calls may be sent: false while app health checks say that the app is unhealthy. */
  boolean healthy();

  /** Calls on their way to the app now; for choosing among instances. */
  long inFlight();

  /** Closes what belongs to this app alone; running calls get to finish. */
  Future<Void> close();
}
