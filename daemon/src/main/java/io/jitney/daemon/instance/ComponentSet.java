package io.jitney.daemon.instance;

import io.jitney.components.secretstores.SecretStore;
import io.jitney.daemon.state.StateBinding;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The components loaded for one instance. Filled while opening, read on every call; safe for
 * concurrent use.
 */
public final class ComponentSet {
  /**
   * A loaded component as the metadata API shows it.
   *
   * @param capabilities feature names in the order shown
   */
  public record Loaded(String name, String type, String version, List<String> capabilities) {}

  private final List<Loaded> loaded = new CopyOnWriteArrayList<>();
  private final Map<String, StateBinding> states = new ConcurrentHashMap<>();
  private final Map<String, SecretStore> secrets = new ConcurrentHashMap<>();

  public List<Loaded> loaded() {
    return loaded;
  }

  public boolean hasStates() {
    return !states.isEmpty();
  }

  public @Nullable StateBinding state(String name) {
    return states.get(name);
  }

  public boolean hasSecretStores() {
    return !secrets.isEmpty();
  }

  public @Nullable SecretStore secretStore(String name) {
    return secrets.get(name);
  }

  public void add(Loaded component, StateBinding state) {
    states.put(component.name(), state);
    loaded.add(component);
  }

  public void add(Loaded component, SecretStore store) {
    secrets.put(component.name(), store);
    loaded.add(component);
  }

  /** Takes a component out; who called it before may still be waiting for it. */
  public void remove(String name) {
    states.remove(name);
    secrets.remove(name);
    loaded.removeIf(component -> component.name().equals(name));
  }

  public Map<String, StateBinding> states() {
    return states;
  }

  public Map<String, SecretStore> secretStores() {
    return secrets;
  }
}
