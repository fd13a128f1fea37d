package io.jitney.daemon.invoke;

import io.jitney.daemon.error.InvokeErrors;
import io.jitney.tenancy.TenantId;
import io.vertx.core.Future;

/** A daemon that knows no other: an app that is not here is nowhere. */
public final class NoResolver implements NameResolver {
  @Override
  public Future<RemoteApp> resolve(TenantId app) {
    return Future.failedFuture(new InvokeException(InvokeErrors.notFound(app.appId())));
  }
}
