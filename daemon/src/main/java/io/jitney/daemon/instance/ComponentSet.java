package io.jitney.daemon.instance;

import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.secretstores.SecretStore;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.PubSubChanges;
import io.jitney.daemon.state.StateBinding;
import java.util.Collection;
import java.util.Collections;
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
  private final Map<String, OpenPubSub> pubSubs = new ConcurrentHashMap<>();
  private final Map<String, OutputBinding> outputs = new ConcurrentHashMap<>();
  private final List<PubSubChanges> pubSubChanges = new CopyOnWriteArrayList<>();

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

  public @Nullable OpenPubSub pubSub(String name) {
    return pubSubs.get(name);
  }

  /** A view of those that are open now. */
  public Collection<OpenPubSub> pubSubs() {
    return Collections.unmodifiableCollection(pubSubs.values());
  }

  /** One more who is told about pub/sub components from now on. */
  public void pubSubChanges(PubSubChanges told) {
    pubSubChanges.add(told);
  }

  /** All who are told. */
  public PubSubChanges pubSubChanges() {
    return PubSubChanges.all(pubSubChanges);
  }

  public void add(Loaded component, OpenPubSub pubSub) {
    pubSubs.put(component.name(), pubSub);
    loaded.add(component);
  }

  public @Nullable OutputBinding outputBinding(String name) {
    return outputs.get(name);
  }

  /**
   * Adds a binding.
   *
   * @param output null when the app can not call it
   */
  public void add(Loaded component, @Nullable OutputBinding output) {
    if (output != null) {
      outputs.put(component.name(), output);
    }
    loaded.add(component);
  }

  /** Takes a component out; who called it before may still be waiting for it. */
  public void remove(String name) {
    states.remove(name);
    secrets.remove(name);
    pubSubs.remove(name);
    outputs.remove(name);
    loaded.removeIf(component -> component.name().equals(name));
  }

  public Map<String, StateBinding> states() {
    return states;
  }

  public Map<String, SecretStore> secretStores() {
    return secrets;
  }
}
