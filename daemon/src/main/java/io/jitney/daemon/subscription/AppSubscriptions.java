package io.jitney.daemon.subscription;

import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.jitney.daemon.admission.DeliveryGate;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.AppLife;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.error.SubscribeErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.PubSubChanges;
import io.jitney.daemon.subscription.TopicSubscription.Bulk;
import io.jitney.daemon.subscription.TopicSubscription.Origin;
import io.jitney.daemon.wake.Keeper;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one app instance: those it declared, those its app asked for, and streams.
 * Those of the app run while the app is healthy and their component is there; streams as long as
 * their clients want.
 *
 * <p>Threads: any; everything is decided on one event loop, so that nothing that comes at the same
 * time (health, reloads, components, the end) sees the other's half.
 */
public final class AppSubscriptions implements AppLife.Part, PubSubChanges {
  private static final String LOG = "dapr.runtime.processor.subscription";

  /** Subscriptions that begin at the same time: an app may have thousands. */
  private static final int AT_ONCE = 32;

  private final Vertx vertx;
  private final Context loop;
  private final AppInstance instance;
  private final DeliveryGate gate;
  private final DeadLetters deadLetters;
  private final Discovery discovery;

  // Written on the loop only; the lists are copied to be changed, for others read them.
  private volatile List<TopicSubscription> declared = List.of();
  private volatile List<TopicSubscription> programmatic = List.of();
  private volatile List<EventStream> streams = List.of();
  private List<ActiveSubscription> active = List.of();
  private final Map<String, OpenPubSub> leaving = new HashMap<>();
  private boolean begun;
  private boolean ended;
  private volatile boolean pausing;
  private @Nullable Future<Void> discovered;

  /**
   * @param loop the instance's own
   */
  public AppSubscriptions(Vertx vertx, Context loop, AppInstance instance) {
    this.vertx = vertx;
    this.loop = loop;
    this.instance = instance;
    this.gate = new DeliveryGate(vertx, instance.admission(), instance::account);
    this.deadLetters = new DeadLetters(instance);
    this.discovery = new Discovery(instance);
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    loop.runOnContext(
        run -> {
          try {
            work.get().onComplete(promise);
          } catch (RuntimeException bug) {
            promise.fail(bug);
          }
        });
    return promise.future();
  }

  void warn(String line) {
    instance.log().warn(LOG, line);
  }

  /** What the metadata API shows. Any thread. */
  public List<TopicSubscription> listed() {
    List<TopicSubscription> list = new ArrayList<>(effective());
    streams.forEach(stream -> list.add(stream.wanted()));
    return list;
  }

  /** Of several declared ones the first counts, but what the app said takes its place. */
  private List<TopicSubscription> effective() {
    Map<List<String>, TopicSubscription> list = new LinkedHashMap<>();
    declared.forEach(one -> list.putIfAbsent(one.key(), one));
    programmatic.forEach(one -> list.put(one.key(), one));
    return List.copyOf(list.values());
  }

  /** Those of Subscription resources, as they are now. Any thread. */
  public List<TopicSubscription> declared() {
    return declared;
  }

  /** Subscription resources, before anything begins. */
  public void declare(List<TopicSubscription> subscriptions) {
    declared = List.copyOf(subscriptions);
  }

  /**
   * Resources have changed: what is gone or other ends, what is new or other begins, beside
   * whatever else there is for its topic, as with daprd.
   *
   * @param gone names
   * @param changed in the order of all
   * @param all as they are now
   * @return completes when it was done; never fails
   */
  Future<Void> redeclare(
      List<String> gone, List<TopicSubscription> changed, List<TopicSubscription> all) {
    return onLoop(
        () -> {
          declared = List.copyOf(all);
          Keeper keeper = instance.keeper();
          if (keeper != null) {
            keeper.changed();
          }
          Set<String> other = new HashSet<>(gone);
          changed.forEach(one -> other.add(one.name()));
          return stop(running ->
                  isDeclared(running.wanted()) && other.contains(running.wanted().name()))
              .compose(stopped -> onLoop(() -> start(changed)));
        });
  }

  private static boolean isDeclared(TopicSubscription one) {
    return one.origin() == Origin.DECLARATIVE;
  }

  @Override
  public Future<Void> begin() {
    return onLoop(
        () -> {
          if (ended || instance.channel() == null) {
            return Future.succeededFuture();
          }
          begun = true;
          return discover().compose(asked -> onLoop(() -> start(effective())));
        });
  }

  /** Asks the app once in the instance's life, when there is something to subscribe to. */
  private Future<Void> discover() {
    Future<Void> known = discovered;
    AppChannel channel = instance.channel();
    if (known != null) {
      return known.otherwiseEmpty(); // its failure was told once; what is declared goes on
    }
    if (channel == null
        || instance.components().pubSubs().isEmpty()
        || instance.settings().disabledInitEndpoints().contains("subscribe")) {
      return Future.succeededFuture();
    }
    Future<Void> asking =
        discovery
            .ask(channel)
            .compose(
                found ->
                    onLoop(
                        () -> {
                          programmatic = List.copyOf(found);
                          return Future.<Void>succeededFuture();
                        }))
            .onFailure(
                failure ->
                    warn(
                        "failed to read from the app's subscriptions, nothing is subscribed: "
                            + failure.getMessage()));
    discovered = asking;
    return asking;
  }

  /** Begins those whose component is there. On the loop. Never fails. */
  private Future<Void> start(List<TopicSubscription> wanted) {
    if (!begun) {
      return Future.succeededFuture();
    }
    AppChannel channel = instance.channel();
    Deque<ActiveSubscription> beginning = new ArrayDeque<>();
    List<ActiveSubscription> running = new ArrayList<>(active);
    Set<TopicSubscription> known = Collections.newSetFromMap(new IdentityHashMap<>());
    active.forEach(one -> known.add(one.wanted()));
    for (TopicSubscription one : wanted) {
      OpenPubSub pubSub = instance.components().pubSub(one.pubsub());
      if (pubSub != null
          && pubSub != leaving.get(one.pubsub())
          && channel != null
          && known.add(one)) {
        ActiveSubscription made = toApp(channel, scope(pubSub, one));
        running.add(made);
        beginning.add(made);
      }
    }
    active = List.copyOf(running);
    List<Future<Void>> begun = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      begun.add(beginNext(beginning));
    }
    return Future.join(begun).mapEmpty();
  }

  /** One after the other. On the loop. Never fails. */
  private Future<Void> beginNext(Deque<ActiveSubscription> waiting) {
    Promise<Void> all = Promise.promise();
    beginNext(waiting, all);
    return all.future();
  }

  private void beginNext(Deque<ActiveSubscription> waiting, Promise<Void> all) {
    ActiveSubscription next = waiting.poll();
    if (next == null) {
      all.complete();
    } else {
      next.begin().onComplete(done -> loop.runOnContext(run -> beginNext(waiting, all)));
    }
  }

  private DeliveryScope scope(OpenPubSub pubSub, TopicSubscription wanted) {
    return new DeliveryScope(instance, loop, gate, deadLetters, pubSub, wanted, new InFlight());
  }

  private ActiveSubscription toApp(AppChannel channel, DeliveryScope scope) {
    TopicSubscription wanted = scope.wanted();
    Bulk bulk = wanted.bulk();
    boolean rules = wanted.routes().look();
    return switch (channel) {
      case HttpAppChannel http -> {
        HttpTarget target = new HttpTarget(http, instance.account(), instance.memory(), rules);
        yield bulk == null
            ? ActiveSubscription.single(vertx, scope, target)
            : ActiveSubscription.bulk(vertx, scope, target, rules, bulk);
      }
      case GrpcAppChannel grpc -> {
        GrpcTarget target =
            new GrpcTarget(grpc, instance.account(), instance.memory(), wanted.pubsub());
        yield bulk == null
            ? ActiveSubscription.single(vertx, scope, target)
            : ActiveSubscription.bulk(vertx, scope, target, true, bulk);
      }
    };
  }

  /** Ends some of those of the app. On the loop. Never fails. */
  private Future<Void> stop(Predicate<ActiveSubscription> which) {
    List<ActiveSubscription> kept = new ArrayList<>();
    List<Future<Void>> stopping = new ArrayList<>();
    for (ActiveSubscription one : active) {
      if (which.test(one)) {
        stopping.add(one.stop(pausing));
      } else {
        kept.add(one);
      }
    }
    active = List.copyOf(kept);
    return Future.join(stopping).mapEmpty();
  }

  @Override
  public Future<Void> stop() {
    return onLoop(
        () -> {
          begun = false;
          return stop(every -> true);
        });
  }

  @Override
  public void opened(OpenPubSub pubSub) {
    loop.runOnContext(
        run -> {
          leaving.remove(pubSub.name());
          if (begun) {
            discover()
                .compose(asked -> onLoop(() -> start(of(pubSub.name()))))
                .onFailure(failure -> {}); // was reported
          }
        });
  }

  private List<TopicSubscription> of(String component) {
    return effective().stream().filter(one -> one.pubsub().equals(component)).toList();
  }

  @Override
  public Future<Void> closing(OpenPubSub pubSub) {
    return onLoop(
        () -> {
          leaving.put(pubSub.name(), pubSub);
          return Future.join(
                  stop(running -> running.component().equals(pubSub.name())),
                  closeStreams(stream -> stream.of(pubSub.name())))
              .mapEmpty();
        });
  }

  /** Ends streams: at once, those that nothing is outstanding on. Never fails. */
  private Future<Void> closeStreams(Predicate<EventStream> which) {
    List<Future<Void>> closing = new ArrayList<>();
    for (EventStream stream : streams) {
      if (which.test(stream)) {
        closing.add(stream.close(pausing));
      }
    }
    return Future.join(closing).mapEmpty();
  }

  /**
   * From now on brokers that can pause do so before their subscriptions end: the instance goes on
   * for a while after them.
   */
  public void pauseFirst() {
    pausing = true;
  }

  /**
   * The instance is told to end: no new streams, and those there are end when nothing is
   * outstanding on them. Completes when they have. Never fails.
   */
  public Future<Void> endStreams() {
    return onLoop(
        () -> {
          ended = true;
          return closeStreams(every -> true);
        });
  }

  StreamTarget streamTarget(String component, Function<TopicEventRequest, Future<Void>> send) {
    return new StreamTarget(instance.account(), component, send);
  }

  /** Subscribes for a stream; fails with what its client is told. */
  Future<Void> enter(EventStream stream) {
    return onLoop(
        () -> {
          if (ended) {
            return Future.failedFuture(SubscribeErrors.closed().exception());
          }
          String component = stream.wanted().pubsub();
          OpenPubSub pubSub = instance.components().pubSub(component);
          if (pubSub == null || pubSub == leaving.get(component)) {
            return Future.failedFuture(SubscribeErrors.pubsubNotFound(component).exception());
          }
          ActiveSubscription made =
              ActiveSubscription.single(vertx, scope(pubSub, stream.wanted()), stream.target());
          stream.active(made);
          List<EventStream> more = new ArrayList<>(streams);
          more.add(stream);
          streams = List.copyOf(more);
          return made.subscribe()
              .recover(
                  failure -> {
                    leave(stream);
                    made.cut();
                    return Future.failedFuture(
                        SubscribeErrors.streamRefused(
                                component, String.valueOf(failure.getMessage()))
                            .exception());
                  });
        });
  }

  /** A stream is over. */
  void leave(EventStream stream) {
    loop.runOnContext(run -> streams = streams.stream().filter(other -> other != stream).toList());
  }
}
