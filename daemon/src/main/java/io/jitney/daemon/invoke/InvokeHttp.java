package io.jitney.daemon.invoke;

import io.jitney.daemon.error.DaprErrors;
import io.jitney.daemon.http.HttpCall;
import io.vertx.core.Future;

/** Service invocation over HTTP: gets every request that no route matches. */
public final class InvokeHttp {
  public Future<Void> invoke(HttpCall call) {
    return Future.failedFuture(DaprErrors.directInvokeNoTarget().exception());
  }
}
