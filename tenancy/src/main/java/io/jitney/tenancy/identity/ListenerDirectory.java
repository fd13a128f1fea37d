package io.jitney.tenancy.identity;

import io.jitney.tenancy.InstanceId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Listeners that belong to one instance each. Whoever reaches one is that instance's app, as with
 * the ports of a daprd; whether the instance wants an API token besides is checked by the daemon.
 *
 * <p>Threads: any.
 */
public final class ListenerDirectory implements IdentityRule {
  private final Map<String, InstanceId> owners = new ConcurrentHashMap<>();

  /** Binds a listener's name; {@link IllegalStateException} if another instance has it. */
  public void bind(String listener, InstanceId instance) {
    InstanceId other = owners.putIfAbsent(listener, instance);
    if (other != null && !other.equals(instance)) {
      throw new IllegalStateException("listener " + listener + " belongs to " + other);
    }
  }

  /** Forgets a listener of an instance; does nothing if the instance does not have it. */
  public void unbind(String listener, InstanceId instance) {
    owners.remove(listener, instance);
  }

  /** Listeners bound now. */
  public int size() {
    return owners.size();
  }

  @Override
  public @Nullable Caller identify(ConnectionFacts facts) {
    String listener = facts.listener();
    InstanceId owner = listener == null ? null : owners.get(listener);
    return owner == null ? null : new Caller.ByListener(owner);
  }
}
