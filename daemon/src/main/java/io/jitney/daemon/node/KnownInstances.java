package io.jitney.daemon.node;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.TenantListener;

/** Tells the identity about the API tokens of instances that come and go. */
public final class KnownInstances implements TenantListener<AppInstance> {
  private final CallerIdentity identity;

  public KnownInstances(CallerIdentity identity) {
    this.identity = identity;
  }

  @Override
  public void opened(Instance<AppInstance> instance) {
    instance.lifeCycle().onChange((from, to) -> look(instance));
    look(instance); // it may be running since before the line above
  }

  private void look(Instance<AppInstance> instance) {
    if (!instance.lifeCycle().isRunning()) {
      return;
    }
    identity.opened(instance.id(), instance.runtime().settings().apiToken());
    if (!instance
        .lifeCycle()
        .isRunning()) { // it stopped meanwhile: nobody would take the token away again
      identity.closed(instance.id());
    }
  }

  @Override
  public void closed(Instance<AppInstance> instance) {
    identity.closed(instance.id());
  }
}
