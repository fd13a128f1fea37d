package io.jitney.daemon.instance;

import io.jitney.tenancy.Instance;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** An opened instance and everything that must be given back when it closes. */
public final class OpenInstance {
  private final AppInstance instance;
  private final Instance<AppInstance> entry;
  private volatile @Nullable InstanceListeners listeners;

  OpenInstance(AppInstance instance, Instance<AppInstance> entry) {
    this.instance = instance;
    this.entry = entry;
  }

  public AppInstance instance() {
    return instance;
  }

  void listeners(InstanceListeners opened) {
    listeners = opened;
  }

  /** Graceful close; never fails. Listeners first, so that nothing new comes in. */
  public Future<Void> close() {
    InstanceListeners open = listeners;
    Future<Void> closed =
        open == null ? Future.succeededFuture() : open.close(instance.settings().gracefulShutdownSeconds());
    return closed.transform(
        done -> {
          entry.close();
          return Future.succeededFuture();
        });
  }
}
