package io.jitney.daemon.invoke;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;

/** An app behind another daemon. */
public interface RemoteApp {
  /** Sends the call there; fails with the text of what went wrong. */
  Future<AppAnswer> invoke(AppCall call);

  /** A gRPC request that ends at the app, for proxying; without headers yet. */
  Future<HttpClientRequest> grpcRequest(String path);
}
