package io.jitney.daemon.instance;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.inmemory.InMemoryPubSub;
import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateFeature;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Component types of tests: {@code state.ok}, {@code state.fails}, {@code state.hangs}, {@code
 * state.blocks}...
 */
final class FakeTypes implements ComponentLoading.Types {
  /** What was opened, in order, with the metadata it got. */
  final List<ComponentSpec> opened = new CopyOnWriteArrayList<>();

  final AtomicInteger closed = new AtomicInteger();

  /** Completes openings of {@code state.hangs}. */
  final Promise<StateStore> hanging = Promise.promise();

  final CountDownLatch interrupted = new CountDownLatch(1);

  @Override
  public Optional<ComponentFactory<StateStore>> stateStore(String type, String version) {
    return switch (type) {
      case "state.ok" -> Optional.of((spec, opening) -> opened(spec, new Store()));
      case "state.fails" ->
          Optional.of(
              (spec, opening) -> Future.failedFuture(new ComponentException.Failed("no way")));
      case "state.throws" ->
          Optional.of(
              (spec, opening) -> {
                throw new IllegalStateException("bug");
              });
      case "state.hangs" -> Optional.of((spec, opening) -> hanging.future());
      case "state.blocks" ->
          Optional.of(
              (spec, opening) -> {
                try {
                  Thread.sleep(60_000);
                } catch (InterruptedException stop) {
                  interrupted.countDown();
                }
                return Future.failedFuture("stopped");
              });
      default -> Optional.empty();
    };
  }

  /** {@code secretstores.map}: its metadata are its secrets, each with one field of its name. */
  @Override
  public Optional<ComponentFactory<SecretStore>> secretStore(String type, String version) {
    return switch (type) {
      case "secretstores.map" ->
          Optional.of((spec, opening) -> opened(spec, new Secrets(spec.metadata().properties())));
      case "secretstores.fails" ->
          Optional.of((spec, opening) -> Future.failedFuture("no secrets"));
      default -> Optional.empty();
    };
  }

  /** {@code pubsub.bus}: a bus within the component. */
  @Override
  public Optional<ComponentFactory<PubSub>> pubSub(String type, String version) {
    return switch (type) {
      case "pubsub.bus" ->
          Optional.of(
              (spec, opening) -> {
                opened.add(spec);
                return InMemoryPubSub.open(spec, opening);
              });
      default -> Optional.empty();
    };
  }

  @Override
  public Optional<ComponentFactory<InputBinding>> inputBinding(String type, String version) {
    return Optional.empty();
  }

  @Override
  public Optional<ComponentFactory<OutputBinding>> outputBinding(String type, String version) {
    return Optional.empty();
  }

  private <C extends Component> Future<C> opened(ComponentSpec spec, C component) {
    opened.add(spec);
    return Future.succeededFuture(component);
  }

  final class Store implements StateStore {
    @Override
    public Set<StateFeature> features() {
      return StateFeature.set(StateFeature.ETAG, StateFeature.TRANSACTIONAL);
    }

    @Override
    public Future<StateItem> get(CallContext context, GetRequest request) {
      return Future.failedFuture("not for reading");
    }

    @Override
    public Future<Void> set(CallContext context, SetRequest request) {
      return Future.failedFuture("not for writing");
    }

    @Override
    public Future<Void> delete(CallContext context, DeleteRequest request) {
      return Future.failedFuture("not for deleting");
    }

    @Override
    public Future<List<BulkItem>> bulkGet(
        CallContext context, List<GetRequest> requests, int parallelism) {
      return Future.failedFuture("not for reading");
    }

    @Override
    public Future<Void> close() {
      closed.incrementAndGet();
      return Future.succeededFuture();
    }
  }

  private final class Secrets implements SecretStore {
    private final Map<String, String> secrets;

    Secrets(Map<String, String> secrets) {
      this.secrets = secrets;
    }

    @Override
    public Set<String> features() {
      return Set.of();
    }

    @Override
    public Future<Map<String, String>> get(
        CallContext context, String name, Map<String, String> metadata) {
      String value = secrets.get(name);
      return value == null
          ? Future.failedFuture(new ComponentException.Failed("secret " + name + " not found"))
          : Future.succeededFuture(Map.of(name, value));
    }

    @Override
    public Future<Map<String, Map<String, String>>> bulkGet(
        CallContext context, Map<String, String> metadata) {
      return Future.failedFuture("not asked for");
    }

    @Override
    public Future<Void> close() {
      closed.incrementAndGet();
      return Future.succeededFuture();
    }
  }
}
