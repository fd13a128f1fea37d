package io.jitney.tenancy;

import io.jitney.tenancy.lifecycle.LifeCycle;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One running copy of an app: a pod, a virtual sidecar. Made by {@link TenantRegistry#open}.
 *
 * <p>The daemon builds what the copy needs, {@linkplain #attach attaches} it, and then moves the
 * {@linkplain #lifeCycle() life cycle} on to running; so whoever sees a running instance sees its
 * runtime too.
 *
 * <p>Threads: any.
 *
 * @param <R> what the daemon runs for an instance: channel, listeners, resources
 */
public final class Instance<R> {
  private final TenantRegistry<R> registry;
  private final InstanceId id;
  private final Tenant tenant;
  private final LifeCycle lifeCycle = new LifeCycle();
  private volatile @Nullable R runtime;
  private boolean closed;

  Instance(TenantRegistry<R> registry, InstanceId id, Tenant tenant) {
    this.registry = registry;
    this.id = id;
    this.tenant = tenant;
  }

  public InstanceId id() {
    return id;
  }

  public Tenant tenant() {
    return tenant;
  }

  public LifeCycle lifeCycle() {
    return lifeCycle;
  }

  /**
   * Gives the instance its runtime, once. The runtime stays the daemon's to close, also when this
   * throws {@link IllegalStateException}: because there is one already, or because the instance was
   * closed meanwhile.
   */
  public synchronized void attach(R runtime) {
    Objects.requireNonNull(runtime, "runtime");
    if (closed) {
      throw new IllegalStateException("instance " + id + " is closed");
    }
    if (this.runtime != null) {
      throw new IllegalStateException("instance " + id + " has a runtime already");
    }
    this.runtime = runtime;
  }

  /**
   * The runtime; still there after the close, for calls that hold the instance. {@link
   * IllegalStateException} before {@link #attach}.
   */
  public R runtime() {
    R attached = runtime;
    if (attached == null) {
      throw new IllegalStateException("instance " + id + " has no runtime yet");
    }
    return attached;
  }

  /** The runtime, for whoever may come before {@link #attach}. */
  public Optional<R> attached() {
    return Optional.ofNullable(runtime);
  }

  /**
   * Ends the instance: takes its life cycle to closed by legal moves and takes it out of the
   * registry. The runtime must be closed before by the daemon; this is the last step, and does not
   * wait for anything. A second time does nothing.
   */
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    // Draining is legal from opening and running, closed from draining and failed: whatever the
    // state was, and whoever moves it at the same time, it ends as closed.
    lifeCycle.tryDraining();
    lifeCycle.tryClosed();
    registry.remove(this);
  }

  @Override
  public String toString() {
    return id + " (" + lifeCycle + ")";
  }
}
