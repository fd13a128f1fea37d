package io.jitney.daemon.instance;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.catalog.Catalog;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.NodeResources;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.bindings.InputBindings;
import io.jitney.daemon.bindings.OpenInput;
import io.jitney.daemon.outbox.OutboxSettings;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.resources.ComponentResource;
import io.jitney.daemon.resources.LoadedResources;
import io.jitney.daemon.state.KeyClaims;
import io.jitney.daemon.state.KeyPrefix;
import io.jitney.daemon.state.StateBinding;
import io.jitney.daemon.state.StateEncryption;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Opens the components of one instance in daprd's order: secret stores first, then the rest as the
 * files have them, one after another; what refers to a secret store waits until that one is there.
 * Each instance has component objects of its own; what is shared is below, in the pools.
 *
 * <p>Waits for components: for virtual threads. Never holds up another instance.
 */
public final class ComponentLoading {
  /** Where component types come from; tests have their own. */
  interface Types {
    Optional<ComponentFactory<StateStore>> stateStore(String type, String version);

    Optional<ComponentFactory<SecretStore>> secretStore(String type, String version);

    Optional<ComponentFactory<PubSub>> pubSub(String type, String version);

    Optional<ComponentFactory<InputBinding>> inputBinding(String type, String version);

    Optional<ComponentFactory<OutputBinding>> outputBinding(String type, String version);
  }

  private static final String SCOPE = "dapr.runtime.processor";

  private static final Types CATALOG =
      new Types() {
        @Override
        public Optional<ComponentFactory<StateStore>> stateStore(String type, String version) {
          return Catalog.stateStore(type, version);
        }

        @Override
        public Optional<ComponentFactory<SecretStore>> secretStore(String type, String version) {
          return Catalog.secretStore(type, version);
        }

        @Override
        public Optional<ComponentFactory<PubSub>> pubSub(String type, String version) {
          return Catalog.pubSub(type, version);
        }

        @Override
        public Optional<ComponentFactory<InputBinding>> inputBinding(String type, String version) {
          return Catalog.inputBinding(type, version);
        }

        @Override
        public Optional<ComponentFactory<OutputBinding>> outputBinding(
            String type, String version) {
          return Catalog.outputBinding(type, version);
        }
      };

  private final AppInstance instance;
  private final Types types;
  private final ComponentOpener opener;
  private final ReferenceResolver references;
  private final StateOpening states;
  private final PubSubOpening pubSubs;
  private final BindingOpening bindings;

  /**
   * One opening after the other; guards {@link #parked} and {@link #known}. Held while components
   * are waited for.
   */
  private final ReentrantLock opening = new ReentrantLock();

  /** What was dealt with, by name: opened, parked or skipped; not what failed. */
  private final Map<String, ComponentResource> known = new LinkedHashMap<>();

  private final Map<String, List<ComponentResource>> parked = new HashMap<>();

  /** Guards itself and {@link #closed}, for a moment only: closing starts on event loops. */
  private final Map<String, Component> open = new HashMap<>();

  private boolean closed;
  private volatile boolean incomplete;

  /**
   * @param claims the node's
   */
  public ComponentLoading(NodeResources node, AppInstance instance, KeyClaims claims) {
    this(node, instance, claims, CATALOG);
  }

  ComponentLoading(NodeResources node, AppInstance instance, KeyClaims claims, Types types) {
    this.instance = instance;
    this.types = types;
    opener = new ComponentOpener(node, instance);
    references = new ReferenceResolver(instance);
    states = new StateOpening(instance, references, claims);
    pubSubs = new PubSubOpening(instance);
    bindings = new BindingOpening(node.vertx(), instance, opener);
  }

  /**
   * Opens everything.
   *
   * @throws StartupFailure when a component that may not be missing can not be opened; the others
   *     stay open until {@link #close}
   */
  public void load(LoadedResources resources) throws StartupFailure, InterruptedException {
    instance.log().info("dapr.runtime", "Loading components…");
    opening.lockInterruptibly();
    try {
      addAll(allowed(resources));
    } finally {
      opening.unlock();
    }
    instance.log().info("dapr.runtime", "All outstanding components processed");
    instance.log().info("dapr.runtime", "Loading endpoints…");
    endpoints(resources);
  }

  private List<ComponentResource> allowed(LoadedResources resources) {
    ComponentDenyList denied = new ComponentDenyList(instance);
    return resources.components().stream()
        .filter(component -> !component.name().isEmpty()) // daprd does not even say so
        .filter(denied::allows)
        .toList();
  }

  private void addAll(List<ComponentResource> components)
      throws StartupFailure, InterruptedException {
    for (boolean secretStores : new boolean[] {true, false}) {
      for (ComponentResource component : components) {
        if ((ComponentKind.of(component.type()) == ComponentKind.SECRET_STORES) == secretStores) {
          process(component);
        }
      }
    }
  }

  private void endpoints(LoadedResources resources) throws InterruptedException {
    instance.httpEndpoints(new HttpEndpointLoading(references).load(resources.httpEndpoints()));
  }

  /**
   * Makes what is open equal to the resources: first closes what is gone or other, then opens. What
   * could not be opened before is tried again.
   *
   * @throws StartupFailure as {@link #load}
   */
  void reload(LoadedResources resources) throws StartupFailure, InterruptedException {
    opening.lockInterruptibly();
    try {
      incomplete = false;
      Map<String, ComponentResource> wanted = new LinkedHashMap<>();
      allowed(resources).forEach(component -> wanted.put(component.name(), component));
      for (ComponentResource component : List.copyOf(known.values())) {
        ComponentResource now = wanted.get(component.name());
        if (now == null || !now.sameAs(component)) {
          remove(component);
        }
      }
      addAll(
          wanted.values().stream()
              .filter(component -> !known.containsKey(component.name()))
              .toList());
    } finally {
      opening.unlock();
    }
    endpoints(resources);
  }

  /** The input bindings among them. */
  InputBindings inputBindings() {
    return bindings.inputs();
  }

  /** Whether something could not be opened that may come up later. */
  boolean incomplete() {
    return incomplete;
  }

  /** Waits until it is closed, so that the next of its name finds its place free. */
  private void remove(ComponentResource component) throws InterruptedException {
    known.remove(component.name());
    parked.values().forEach(waiting -> waiting.remove(component));
    OpenPubSub pubSub = instance.components().pubSub(component.name());
    if (pubSub != null) {
      await(pubSubs.drain(pubSub)); // what is being handled may still publish
    }
    await(bindings.drain(component.name()));
    instance.components().remove(component.name());
    Component opened;
    synchronized (open) {
      opened = open.remove(component.name());
    }
    if (opened == null) {
      return;
    }
    await(opener.close(opened));
    instance.log().info(SCOPE, "Component closed: " + component.logName());
  }

  /** For futures that never fail. */
  private static void await(Future<Void> closing) throws InterruptedException {
    try {
      closing.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void process(ComponentResource component) throws StartupFailure, InterruptedException {
    known.put(component.name(), component);
    try {
      if (!prepareAndOpen(component)) {
        return;
      }
    } catch (ComponentFailure failure) {
      known.remove(component.name());
      incomplete = true;
      String message = "process component " + component.name() + " error: " + failure.getMessage();
      if (!component.ignoreErrors()) {
        instance.log().warn(SCOPE, "Error processing component, daprd will exit gracefully");
        throw new StartupFailure(1, message);
      }
      instance.log().error(SCOPE, message);
      return;
    }
    instance.log().info(SCOPE, "Component loaded: " + component.logName());
    instance.metrics().componentLoaded();
    List<ComponentResource> waiting = parked.remove(component.name());
    if (waiting != null) {
      for (ComponentResource released : waiting) {
        process(released);
      }
    }
  }

  /** False when it is left for later or for another version of this daemon. */
  private boolean prepareAndOpen(ComponentResource component)
      throws ComponentFailure, InterruptedException {
    ComponentKind kind = ComponentKind.of(component.type());
    if (kind != null
        && kind.waitedFor(component.type(), component.version())
        && !served(kind, component)) {
      instance
          .log()
          .error(
              SCOPE,
              "component "
                  + component.logName()
                  + " is of a kind this version does not serve yet; skipped");
      return false;
    }
    ReferenceResolver.Resolved resolved = references.resolve(component, component.properties());
    if (!resolved.missingStore().isEmpty()) {
      parked.computeIfAbsent(resolved.missingStore(), store -> new ArrayList<>()).add(component);
      return false;
    }
    if (kind == null) {
      throw ComponentFailure.plain("incorrect type " + component.type());
    }
    try {
      open(kind, component.withProperties(resolved.properties()));
    } catch (ComponentFailure failure) {
      throw failed(component, failure);
    }
    return true;
  }

  private boolean served(ComponentKind kind, ComponentResource component) {
    return switch (kind) {
      case SECRET_STORES, STATE -> true;
      case PUBSUB -> types.pubSub(component.type(), component.version()).isPresent();
      case BINDINGS ->
          types.inputBinding(component.type(), component.version()).isPresent()
              || types.outputBinding(component.type(), component.version()).isPresent();
      case CONFIGURATION, LOCK, CRYPTO, CONVERSATION, MIDDLEWARE -> false;
    };
  }

  private ComponentFailure failed(ComponentResource component, ComponentFailure failure) {
    if (!failure.reason().equals("init")) {
      instance.metrics().componentInit(component.type(), component.name(), failure.reason());
    }
    instance.metrics().componentInit(component.type(), component.name(), "init");
    String text =
        ComponentFailure.initText(component.logName(), String.valueOf(failure.getMessage()));
    instance.log().error(SCOPE, "Failed to init component " + component.logName() + ": " + text);
    return ComponentFailure.plain(text);
  }

  private void open(ComponentKind kind, ComponentResource component)
      throws ComponentFailure, InterruptedException {
    switch (kind) {
      case SECRET_STORES -> {
        ComponentFactory<SecretStore> factory =
            types
                .secretStore(component.type(), component.version())
                .orElseThrow(() -> notFound(kind, component));
        SecretStore store = opener.open(factory, component, metadata(component));
        register(component, store);
        instance
            .components()
            .add(loaded(component, store.features().stream().sorted().toList()), store);
      }
      case STATE -> {
        ComponentFactory<StateStore> factory =
            types
                .stateStore(component.type(), component.version())
                .orElseThrow(() -> notFound(kind, component));
        StateEncryption encryption = states.encryption(component);
        Metadata metadata = metadata(component);
        KeyPrefix keys = states.keys(component, metadata);
        StateStore store = opener.open(factory, component, metadata);
        Component owned;
        try {
          owned = states.own(component, store, keys);
        } catch (ComponentFailure taken) {
          opener.close(store).onComplete(done -> {});
          throw taken;
        }
        register(component, owned);
        instance
            .components()
            .add(
                loaded(component, StateOpening.capabilities(store.features())),
                new StateBinding(
                    component.name(), store, keys, encryption, OutboxSettings.of(metadata)));
      }
      case PUBSUB -> {
        ComponentFactory<PubSub> factory =
            types
                .pubSub(component.type(), component.version())
                .orElseThrow(() -> notFound(kind, component));
        Metadata metadata = pubSubs.metadata(metadata(component));
        PubSub broker = opener.open(factory, component, metadata);
        register(component, broker);
        OpenPubSub opened = pubSubs.opened(component, metadata, broker);
        instance.components().add(loaded(component, PubSubOpening.capabilities(broker)), opened);
        instance.components().pubSubChanges().opened(opened);
      }
      case BINDINGS -> openBinding(component);
      case CONFIGURATION, LOCK, CRYPTO, CONVERSATION, MIDDLEWARE -> throw notFound(kind, component);
    }
    instance.metrics().componentInit(component.type(), component.name(), "");
  }

  private void openBinding(ComponentResource component)
      throws ComponentFailure, InterruptedException {
    ComponentFactory<InputBinding> input =
        types.inputBinding(component.type(), component.version()).orElse(null);
    ComponentFactory<OutputBinding> output =
        types.outputBinding(component.type(), component.version()).orElse(null);
    if (input == null && output == null) {
      throw notFound(ComponentKind.BINDINGS, component);
    }
    BindingOpening.Opened opened = bindings.open(component, metadata(component), input, output);
    register(component, opened);
    OpenInput read = opened.input();
    if (read != null) {
      try {
        bindings.begin(component, read);
      } catch (ComponentFailure failure) {
        synchronized (open) {
          open.remove(component.name());
        }
        bindings.drain(component.name()).compose(done -> opener.close(opened));
        throw failure;
      }
    }
    instance.components().add(loaded(component, opened.capabilities()), opened.output());
  }

  private static ComponentFailure notFound(ComponentKind kind, ComponentResource component) {
    String cause = kind.notFound(component.name(), component.type(), component.version());
    return kind == ComponentKind.BINDINGS
        ? ComponentFailure.plain(cause)
        : ComponentFailure.create(component.logName(), cause);
  }

  private Metadata metadata(ComponentResource component) throws ComponentFailure {
    try {
      return Placeholders.fill(component.properties(), instance.settings());
    } catch (ComponentFailure failure) {
      throw ComponentFailure.init(component.logName(), String.valueOf(failure.getMessage()));
    }
  }

  private static ComponentSet.Loaded loaded(
      ComponentResource component, List<String> capabilities) {
    return new ComponentSet.Loaded(
        component.name(), component.type(), component.version(), capabilities);
  }

  private void register(ComponentResource component, Component opened) throws ComponentFailure {
    synchronized (open) {
      if (!closed) {
        open.put(component.name(), opened);
        return;
      }
    }
    opener.close(opened).onComplete(done -> {});
    throw ComponentFailure.plain("the instance is closing");
  }

  /** Closes all components at the same time, each with a deadline. Never fails. */
  public Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    synchronized (open) {
      closed = true;
      open.forEach((name, component) -> closing.add(close(name, component)));
      open.clear();
    }
    return Future.join(closing).mapEmpty();
  }

  private Future<Void> close(String name, Component component) {
    OpenPubSub pubSub = instance.components().pubSub(name);
    return pubSub == null
        ? opener.close(component)
        : pubSubs.drain(pubSub).compose(drained -> opener.close(component));
  }
}
