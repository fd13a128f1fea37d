package io.jitney.daemon.instance;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.NodeResources;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.http.GoJson;
import io.jitney.daemon.resources.ComponentResource;
import io.jitney.daemon.resources.LoadedResources;
import io.jitney.daemon.state.KeyPrefix;
import io.jitney.daemon.state.StateBinding;
import io.jitney.daemon.state.StateEncryption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Opens the components of one instance in daprd's order: secret stores first, then the rest as the files have them, one
 * after another; what refers to a secret store waits until that one is there. Each instance has component objects of its
 * own; what is shared is below, in the pools.
 *
 * <p>Waits for components: for virtual threads. Never holds up another instance.
 */
public final class ComponentLoading {
  /** Where component types come from; tests have their own. */
  interface Types {
    Optional<ComponentFactory<StateStore>> stateStore(String type, String version);

    Optional<ComponentFactory<SecretStore>> secretStore(String type, String version);
  }

  private static final String SCOPE = "dapr.runtime.processor";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final long CLOSE_SECONDS = 5;

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
      };

  private final NodeResources node;
  private final AppInstance instance;
  private final Types types;
  private final ReferenceResolver references;
  private final StateOpening states;

  /** One opening after the other; guards {@link #parked}. Held while components are waited for. */
  private final ReentrantLock opening = new ReentrantLock();

  private final Map<String, List<ComponentResource>> parked = new HashMap<>();

  /** Guards itself and {@link #closed}, for a moment only: closing starts on event loops. */
  private final Map<String, Component> open = new HashMap<>();

  private boolean closed;

  public ComponentLoading(NodeResources node, AppInstance instance) {
    this(node, instance, CATALOG);
  }

  ComponentLoading(NodeResources node, AppInstance instance, Types types) {
    this.node = node;
    this.instance = instance;
    this.types = types;
    references = new ReferenceResolver(instance);
    states = new StateOpening(instance, references);
  }

  /**
   * Opens everything.
   *
   * @throws StartupFailure when a component that may not be missing can not be opened; the others stay open until
   *     {@link #close}
   */
  public void load(LoadedResources resources) throws StartupFailure, InterruptedException {
    instance.log().info("dapr.runtime", "Loading components…");
    List<ComponentResource> allowed =
        resources.components().stream().filter(new ComponentDenyList(instance)::allows).toList();
    for (boolean secretStores : new boolean[] {true, false}) {
      for (ComponentResource component : allowed) {
        if ((ComponentKind.of(component.type()) == ComponentKind.SECRET_STORES) == secretStores) {
          add(component);
        }
      }
    }
    instance.log().info("dapr.runtime", "All outstanding components processed");
    instance.log().info("dapr.runtime", "Loading endpoints…");
    instance.httpEndpoints(new HttpEndpointLoading(references).load(resources.httpEndpoints()));
  }

  /** Opens one component and what waited for it. */
  void add(ComponentResource component) throws StartupFailure, InterruptedException {
    if (component.name().isEmpty()) {
      return; // daprd does not even say so
    }
    opening.lockInterruptibly();
    try {
      process(component);
    } finally {
      opening.unlock();
    }
  }

  private void process(ComponentResource component) throws StartupFailure, InterruptedException {
    try {
      if (!prepareAndOpen(component)) {
        return;
      }
    } catch (ComponentFailure failure) {
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
  private boolean prepareAndOpen(ComponentResource component) throws ComponentFailure, InterruptedException {
    ComponentKind kind = ComponentKind.of(component.type());
    if (kind != null && kind.waitedFor(component.type(), component.version())) {
      instance
          .log()
          .error(
              SCOPE,
              "component " + component.logName() + " is of a kind this version does not serve yet; skipped");
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

  private ComponentFailure failed(ComponentResource component, ComponentFailure failure) {
    if (!failure.reason().equals("init")) {
      instance.metrics().componentInit(component.type(), component.name(), failure.reason());
    }
    instance.metrics().componentInit(component.type(), component.name(), "init");
    String text = ComponentFailure.initText(component.logName(), String.valueOf(failure.getMessage()));
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
        SecretStore store = open(factory, component, metadata(component));
        register(component, store);
        instance.components().add(loaded(component, store.features().stream().sorted().toList()), store);
      }
      case STATE -> {
        ComponentFactory<StateStore> factory =
            types
                .stateStore(component.type(), component.version())
                .orElseThrow(() -> notFound(kind, component));
        StateEncryption encryption = states.encryption(component);
        Metadata metadata = metadata(component);
        KeyPrefix keys = states.keys(component, metadata);
        StateStore store = open(factory, component, metadata);
        register(component, store);
        instance
            .components()
            .add(
                loaded(component, StateOpening.capabilities(store.features())),
                new StateBinding(component.name(), store, keys, encryption));
      }
      case PUBSUB, BINDINGS, CONFIGURATION, LOCK, CRYPTO, CONVERSATION, MIDDLEWARE ->
          throw notFound(kind, component);
    }
    instance.metrics().componentInit(component.type(), component.name(), "");
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

  private static ComponentSet.Loaded loaded(ComponentResource component, List<String> capabilities) {
    return new ComponentSet.Loaded(component.name(), component.type(), component.version(), capabilities);
  }

  /** Opens within the init timeout, on a thread of its own: what hangs there is left behind. */
  private <C extends Component> C open(
      ComponentFactory<C> factory, ComponentResource component, Metadata metadata)
      throws ComponentFailure, InterruptedException {
    Duration timeout = timeout(component.initTimeout());
    if (!timeout.isPositive()) {
      throw late(component, timeout);
    }
    ComponentSpec spec =
        new ComponentSpec(component.name(), component.type(), component.version(), metadata);
    ComponentOpening use =
        new ComponentOpening(
            node,
            instance.settings().environment(),
            instance.settings().workingDirectory(),
            instance.log().forComponent(component.name()));
    Promise<C> promise = Promise.promise();
    Thread opener =
        Thread.ofVirtual()
            .name("open " + component.name())
            .start(() -> start(factory, spec, use, promise));
    try {
      return promise
          .future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failed) {
      throw ComponentFailure.init(component.logName(), cause(failed.getCause()));
    } catch (TimeoutException late) {
      leave(opener, promise.future());
      throw late(component, timeout);
    } catch (InterruptedException stopped) {
      leave(opener, promise.future());
      throw stopped;
    }
  }

  private static <C extends Component> void start(
      ComponentFactory<C> factory, ComponentSpec spec, ComponentOpening opening, Promise<C> promise) {
    try {
      factory.open(spec, opening).onComplete(promise);
    } catch (RuntimeException | LinkageError failure) {
      promise.fail(failure);
    }
  }

  /** Nobody waits any more; should the component still come, it is closed. */
  private void leave(Thread opener, Future<? extends Component> opening) {
    opener.interrupt();
    opening.onSuccess(component -> close(component));
  }

  private static String cause(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static ComponentFailure late(ComponentResource component, Duration timeout) {
    return ComponentFailure.plain(
        "init timeout for component %s exceeded after %s"
            .formatted(component.logName(), GoJson.duration(timeout.toMillis())));
  }

  /** Taken literally: only what is no duration at all means the default. */
  private static Duration timeout(String text) {
    try {
      return GoText.parseDuration(text);
    } catch (GoText.Unreadable unset) {
      return DEFAULT_TIMEOUT;
    }
  }

  private void register(ComponentResource component, Component opened) throws ComponentFailure {
    synchronized (open) {
      if (!closed) {
        open.put(component.name(), opened);
        return;
      }
    }
    close(opened);
    throw ComponentFailure.plain("the instance is closing");
  }

  /** Closes all components at the same time, each with a deadline. Never fails. */
  public Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    synchronized (open) {
      closed = true;
      open.values().forEach(component -> closing.add(close(component)));
      open.clear();
    }
    return Future.join(closing).mapEmpty();
  }

  private Future<Void> close(Component component) {
    Future<Void> closing;
    try {
      closing = component.close();
    } catch (RuntimeException failure) {
      closing = Future.failedFuture(failure);
    }
    return closing
        .timeout(CLOSE_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure -> {
              instance.log().error(SCOPE, "Error closing component: " + cause(failure));
              return Future.succeededFuture();
            });
  }
}
