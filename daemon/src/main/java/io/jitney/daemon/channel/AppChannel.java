package io.jitney.daemon.channel;

import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.isolation.Account;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import org.jspecify.annotations.Nullable;

/**
 * The way from the daemon to one app instance.
 *
 * <p>Threads: any event loop of the node; a call stays on the loop it began on.
 */
public sealed interface AppChannel permits HttpAppChannel, GrpcAppChannel {
  /** Where the app is and how it speaks. */
  AppEndpoint app();

  /** App health checks; null when they are off. */
  @Nullable AppHealth health();

  /** Whether calls may be sent: false while app health checks say that the app is unhealthy. */
  default boolean healthy() {
    AppHealth checks = health();
    return checks == null || checks.healthy();
  }

  /** Calls on their way to the app now; for choosing among instances. */
  long inFlight();

  /**
   * A gRPC request to the app, whatever its protocol: HTTP/2, {@code POST}, without headers yet. It
   * counts as load but {@code app-max-concurrency} does not hold for it, as in daprd. Its place is
   * given back when the answer ends or the request is reset.
   *
   * @param caller on whose account the call is
   * @param path {@code /package.Service/Method}
   */
  Future<HttpClientRequest> grpcRequest(Account caller, String path);

  /** Closes what belongs to this app alone; running calls get to finish. */
  Future<Void> close();
}
