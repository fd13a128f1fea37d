package io.jitney.daemon.wake;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.InputBinding.BindingEvent;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.daemon.bindings.InputBindings;
import io.jitney.daemon.bindings.OpenInput;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.PubSubChanges;
import io.jitney.daemon.subscription.TopicSubscription;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an app that is away listens to, held by the instance that the daemon has opened for it:
 * subscriptions that are declared, and input bindings that go by the clock. Messages stay at their
 * brokers; of each clock the last event is kept, for there is no broker that would.
 *
 * <p>Threads: any; everything happens on one event loop of the instance.
 */
public final class Keeper implements PubSubChanges {
  private static final String SCOPE = "jitney.wake";
  private static final long REMIND_MILLIS = 1_000;
  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  private final Vertx vertx;
  private final AppInstance instance;
  private final Consumer<String> signal;
  private final Context loop;
  private final Map<TopicSubscription, Kept> kept = new LinkedHashMap<>();
  private final Map<OpenInput, InputBinding.Reading> clocks = new LinkedHashMap<>();
  private final Map<String, BindingEvent> missed = new LinkedHashMap<>();
  private final Set<OpenPubSub> leaving = new HashSet<>();
  private final Set<String> told = new HashSet<>();
  private @Nullable InputBindings inputs;
  private boolean topicsWanted;
  private boolean clocksWanted;
  private boolean closed;
  private long reminder = -1;

  /**
   * @param signal told what waits, again and again while it does
   */
  public Keeper(Vertx vertx, AppInstance instance, Consumer<String> signal) {
    this.vertx = vertx;
    this.instance = instance;
    this.signal = signal;
    loop = ((VertxInternal) vertx).createEventLoopContext();
  }

  /** A subscription that is held. */
  private static final class Kept {
    final OpenPubSub pubSub;
    Future<PubSub.Subscription> begun = Future.failedFuture("not begun");
    boolean ended;

    Kept(OpenPubSub pubSub) {
      this.pubSub = pubSub;
    }
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

  /** The components are there; what is to be held is held from now on. */
  public void opened(InputBindings bindings) {
    onLoop(
            () -> {
              inputs = bindings;
              return Future.join(topics(), clocks());
            })
        .onFailure(bug -> instance.log().error(SCOPE, "keeping what the app listens to: " + bug));
  }

  /** Holds subscriptions or lets go of them. Never fails. */
  Future<Void> topics(boolean hold) {
    return onLoop(
        () -> {
          topicsWanted = hold;
          return topics();
        });
  }

  /** Holds clocks or lets go of them; what came meanwhile is kept. Never fails. */
  Future<Void> clocks(boolean hold) {
    return onLoop(
        () -> {
          clocksWanted = hold;
          return clocks();
        });
  }

  /** The declared subscriptions are others now. */
  public void changed() {
    loop.runOnContext(run -> topics());
  }

  /** The input bindings are others now. */
  public void inputsChanged() {
    loop.runOnContext(run -> clocks());
  }

  @Override
  public void opened(OpenPubSub pubSub) {
    changed();
  }

  @Override
  public Future<Void> closing(OpenPubSub pubSub) {
    return onLoop(
        () -> {
          leaving.add(pubSub);
          return topics();
        });
  }

  private Map<TopicSubscription, OpenPubSub> wanted() {
    Map<TopicSubscription, OpenPubSub> wanted = new LinkedHashMap<>();
    if (!topicsWanted || closed || inputs == null) {
      return wanted;
    }
    for (TopicSubscription one : instance.subscriptions().declared()) {
      OpenPubSub pubSub = instance.components().pubSub(one.pubsub());
      if (pubSub != null
          && !leaving.contains(pubSub)
          && pubSub.scopes().maySubscribe(one.topic())) {
        wanted.put(one, pubSub);
      }
    }
    return wanted;
  }

  private Future<Void> topics() {
    leaving.removeIf(gone -> instance.components().pubSub(gone.name()) != gone);
    Map<TopicSubscription, OpenPubSub> wanted = wanted();
    List<Future<Void>> changing = new ArrayList<>();
    for (Map.Entry<TopicSubscription, Kept> one : List.copyOf(kept.entrySet())) {
      if (wanted.get(one.getKey()) != one.getValue().pubSub) {
        kept.remove(one.getKey());
        changing.add(end(one.getValue()));
      }
    }
    wanted.forEach(
        (subscription, pubSub) -> {
          if (!kept.containsKey(subscription)) {
            Kept made = new Kept(pubSub);
            kept.put(subscription, made);
            changing.add(begin(subscription, made, FIRST_PAUSE_MILLIS));
          }
        });
    return Future.join(changing).mapEmpty();
  }

  /** Completes after the first attempt. Never fails. */
  private Future<Void> begin(TopicSubscription subscription, Kept one, long pause) {
    if (one.ended) {
      return Future.succeededFuture();
    }
    String name = subscription.topic() + " of component " + subscription.pubsub();
    if (!(one.pubSub.component() instanceof PubSub.Keeper broker)) {
      warnOnce(
          "the app's subscription to topic "
              + name
              + " is not kept while the app is away: this broker keeps nothing for who is not"
              + " there");
      return Future.succeededFuture();
    }
    try {
      one.begun =
          broker.keep(
              instance.account().component(subscription.pubsub()),
              new SubscribeRequest(
                  one.pubSub.brokerTopic(subscription.topic()), subscription.metadata()),
              () -> signal.accept("messages wait on topic " + name));
    } catch (RuntimeException failure) {
      one.begun = Future.failedFuture(failure);
    }
    return one.begun
        .<Void>mapEmpty()
        .recover(
            failure -> {
              warnOnce("topic " + name + " cannot be kept: " + failure.getMessage());
              vertx.setTimer(
                  pause,
                  due ->
                      loop.runOnContext(
                          go ->
                              begin(subscription, one, Math.min(pause * 2, LONGEST_PAUSE_MILLIS))));
              return Future.succeededFuture();
            });
  }

  private void warnOnce(String line) {
    if (told.size() < 1_000 && told.add(line)) {
      instance.log().warn(SCOPE, line);
    }
  }

  private static Future<Void> end(Kept one) {
    one.ended = true;
    return one.begun
        .compose(PubSub.Subscription::cancel)
        .recover(failure -> Future.succeededFuture());
  }

  private Future<Void> clocks() {
    InputBindings known = inputs;
    List<Future<Void>> changing = new ArrayList<>();
    List<OpenInput> wanted = known == null || closed || !clocksWanted ? List.of() : known.all();
    clocks
        .entrySet()
        .removeIf(
            one -> {
              boolean ends = !wanted.contains(one.getKey());
              if (ends) {
                changing.add(one.getValue().cancel());
              }
              return ends;
            });
    for (OpenInput input : wanted) {
      if (input.binding() instanceof InputBinding.Clocked clock && !clocks.containsKey(input)) {
        changing.add(
            clock
                .read(instance.account().component(input.name()), event -> due(input.name(), event))
                .compose(
                    reading ->
                        onLoop(
                            () -> {
                              if (!clocksWanted || closed || clocks.containsKey(input)) {
                                return reading.cancel();
                              }
                              clocks.put(input, reading);
                              return Future.<Void>succeededFuture();
                            })));
      }
    }
    return Future.join(changing).mapEmpty();
  }

  private Future<Buffer> due(String binding, BindingEvent event) {
    loop.runOnContext(
        run -> {
          if (clocksWanted && !closed) {
            missed.put(binding, event);
            remind();
          }
        });
    return Future.succeededFuture(Buffer.buffer());
  }

  private void remind() {
    vertx.cancelTimer(reminder);
    reminder = -1;
    if (missed.isEmpty() || closed) {
      return;
    }
    signal.accept("binding " + missed.keySet().iterator().next() + " is due");
    reminder = vertx.setTimer(REMIND_MILLIS, due -> loop.runOnContext(run -> remind()));
  }

  /** What clocks said while the app was away, the last of each; not told twice. */
  Future<Map<String, BindingEvent>> takeMissed() {
    return onLoop(
        () -> {
          Map<String, BindingEvent> all = Map.copyOf(missed);
          missed.clear();
          return Future.succeededFuture(all);
        });
  }

  /** Puts back what another keeper of the app held. */
  void missed(Map<String, BindingEvent> events) {
    loop.runOnContext(
        run -> {
          events.forEach(missed::putIfAbsent);
          remind();
        });
  }

  /** Lets go of everything. Never fails. */
  public Future<Void> close() {
    return onLoop(
        () -> {
          closed = true;
          vertx.cancelTimer(reminder);
          return Future.join(topics(), clocks()).<Void>mapEmpty();
        });
  }

  /** Waits for what takes its time no longer than this. */
  static Future<Void> within(Future<Void> doing, long millis) {
    return doing.timeout(millis, TimeUnit.MILLISECONDS).recover(late -> Future.succeededFuture());
  }
}
