package io.jitney.daemon.invoke;

import io.jitney.tenancy.TenantId;
import io.vertx.core.Future;

/** Finds apps that are not on this node. */
public interface NameResolver {
  /**
   * @param app asked for after this node was found not to have it
   * @return the way to the app's daemon; fails when nobody has it, whatever the cause
   */
  Future<RemoteApp> resolve(TenantId app);
}
