package io.jitney.daemon.bindings;

import com.google.protobuf.Empty;
import io.dapr.v1.CommonProtos.HTTPExtension.Verb;
import io.dapr.v1.DaprAppCallbackProtos.ListInputBindingsResponse;
import io.jitney.components.bindings.InputBinding.BindingEvent;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.AppLife;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.invoke.EventCalls;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.wake.Keeper;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The input bindings of one instance. While the app is healthy those are read that the app wants:
 * an HTTP app is asked for each by {@code OPTIONS}, a gRPC app once for all; one that says itself
 * that it is an input is not asked about.
 *
 * <p>Threads: any.
 */
public final class InputBindings implements AppLife.Part {
  private static final String SCOPE = "dapr.runtime.processor.binding";
  private static final String LIST = "/dapr.proto.runtime.v1.AppCallback/ListInputBindings";
  private static final long LIST_ANSWER_BYTES = 1 << 20;

  private final Vertx vertx;
  private final AppInstance instance;
  private final InputDelivery delivery;

  // Guarded by this.
  private final Map<String, OpenInput> inputs = new LinkedHashMap<>();
  private final Map<String, InputSession> sessions = new HashMap<>();
  private boolean active;
  private int generation;
  private @Nullable Future<Set<String>> listed;

  public InputBindings(Vertx vertx, AppInstance instance, BindingsApi api) {
    this.vertx = vertx;
    this.instance = instance;
    this.delivery = new InputDelivery(vertx, instance, api);
  }

  /**
   * One more. When bindings are being read the app is asked at once.
   *
   * @return fails when the app can not be asked or the source not be read
   */
  public Future<Void> add(OpenInput input) {
    int begun;
    synchronized (this) {
      inputs.put(input.name(), input);
      tellKeeper();
      if (!active) {
        return Future.succeededFuture();
      }
      begun = generation;
    }
    return onLoop(() -> probeAndStart(input, begun));
  }

  private void tellKeeper() {
    Keeper keeper = instance.keeper();
    if (keeper != null) {
      keeper.inputsChanged();
    }
  }

  /** Those that there are now. */
  public synchronized List<OpenInput> all() {
    return List.copyOf(inputs.values());
  }

  /** Delivers an event of a binding that is read, which came before it was. */
  public void missed(String name, BindingEvent event) {
    InputSession session;
    synchronized (this) {
      session = sessions.get(name);
    }
    if (session != null) {
      vertx
          .getOrCreateContext()
          .runOnContext(
              run ->
                  session
                      .handle(event)
                      .onFailure(
                          failure ->
                              instance
                                  .log()
                                  .error(SCOPE, "error from app: " + failure.getMessage())));
    }
  }

  /** Ends it; completes when no event of it is at the app any more. Never fails. */
  public Future<Void> remove(String name) {
    InputSession session;
    synchronized (this) {
      inputs.remove(name);
      session = sessions.remove(name);
      tellKeeper();
    }
    return session == null ? Future.succeededFuture() : session.stop();
  }

  @Override
  public Future<Void> begin() {
    List<OpenInput> all;
    int begun;
    synchronized (this) {
      if (instance.channel() == null) {
        return Future.succeededFuture();
      }
      active = true;
      begun = ++generation;
      all = List.copyOf(inputs.values());
    }
    return onLoop(() -> startAll(all, begun));
  }

  /** One after the other; as in daprd a question that finds no answer ends it. */
  private Future<Void> startAll(List<OpenInput> all, int begun) {
    Future<Void> started = Future.succeededFuture();
    for (OpenInput input : all) {
      started = started.compose(done -> probeAndStart(input, begun));
    }
    return started.onFailure(
        failure -> {
          if (current(begun)) {
            instance.log().warn(SCOPE, "failed to read from bindings: " + failure.getMessage());
          }
        });
  }

  @Override
  public Future<Void> stop() {
    List<InputSession> running;
    synchronized (this) {
      active = false;
      generation++;
      running = new ArrayList<>(sessions.values());
      sessions.clear();
    }
    return Future.join(running.stream().map(InputSession::stop).toList()).mapEmpty();
  }

  private synchronized boolean current(int begun) {
    return active && generation == begun;
  }

  private Future<Void> probeAndStart(OpenInput input, int begun) {
    if (!current(begun)) {
      return Future.succeededFuture();
    }
    return wanted(input)
        .compose(yes -> yes ? start(input, begun) : Future.succeededFuture(notWanted(input)));
  }

  private @Nullable Void notWanted(OpenInput input) {
    instance.log().info(SCOPE, "app has not subscribed to binding " + input.name() + ".");
    return null;
  }

  private Future<Void> start(OpenInput input, int begun) {
    InputSession session = new InputSession(vertx, input, event -> delivery.deliver(input, event));
    synchronized (this) {
      if (!current(begun) || inputs.get(input.name()) != input) {
        return Future.succeededFuture();
      }
      sessions.put(input.name(), session);
    }
    return session
        .start(instance.account().component(input.name()))
        .recover(
            failure -> {
              synchronized (this) {
                sessions.remove(input.name(), session);
              }
              instance
                  .log()
                  .error(
                      SCOPE,
                      "error reading from input binding "
                          + input.name()
                          + ": "
                          + failure.getMessage());
              return Future.succeededFuture(); // the others are not hindered
            });
  }

  private Future<Boolean> wanted(OpenInput input) {
    if (input.explicit()) {
      return Future.succeededFuture(true);
    }
    AppChannel channel = instance.channel();
    return switch (channel) {
      case null -> Future.succeededFuture(false);
      case HttpAppChannel http -> ask(http, input);
      case GrpcAppChannel grpc -> list(grpc).map(names -> names.contains(input.name()));
    };
  }

  private Future<Boolean> ask(HttpAppChannel channel, OpenInput input) {
    EventCalls.Event question =
        new EventCalls.Event(
            Verb.OPTIONS,
            input.route(),
            MultiMap.caseInsensitiveMultiMap(),
            "application/json",
            null,
            null);
    AtomicReference<Runnable> running = new AtomicReference<>(() -> {});
    CallMemory memory = new CallMemory(instance.memory());
    return EventCalls.send(
            channel,
            instance.account(),
            question,
            memory,
            instance.settings().maxBodySize(),
            running::set)
        .onComplete(done -> memory.ends())
        .timeout(instance.settings().bindingOptionsMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failure -> running.get().run())
        .map(reply -> reply.status() / 100 == 2 || reply.status() == 405)
        .recover(
            failure ->
                Future.failedFuture(
                    "could not invoke OPTIONS method on input binding subscription endpoint \""
                        + input.route()
                        + "\": "
                        + failure.getMessage()));
  }

  /** Asked once in the life of the instance; an error counts as an empty list. */
  private Future<Set<String>> list(GrpcAppChannel channel) {
    Promise<Set<String>> asked;
    synchronized (this) {
      if (listed != null) {
        return listed;
      }
      asked = Promise.promise();
      listed = asked.future();
    }
    AtomicReference<Runnable> running = new AtomicReference<>(() -> {});
    CallMemory memory = new CallMemory(instance.memory());
    channel
        .event(
            instance.account(),
            LIST,
            metadata -> {},
            Empty.getDefaultInstance(),
            memory,
            running::set)
        .onComplete(done -> memory.ends())
        .timeout(instance.settings().bindingOptionsMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failure -> running.get().run())
        .map(InputBindings::names)
        .otherwise(Set.of())
        .onComplete(asked);
    return asked.future();
  }

  private static Set<String> names(GrpcAnswer answer) {
    if (!answer.ok() || answer.data().length() > LIST_ANSWER_BYTES) {
      return Set.of();
    }
    try {
      return Set.copyOf(
          ListInputBindingsResponse.parseFrom(answer.data().getBytes()).getBindingsList());
    } catch (com.google.protobuf.InvalidProtocolBufferException malformed) {
      return Set.of();
    }
  }

  /** Calls to the app are made on event loops. */
  private Future<Void> onLoop(java.util.function.Supplier<Future<Void>> work) {
    Promise<Void> promise = Promise.promise();
    vertx.getOrCreateContext().runOnContext(run -> work.get().onComplete(promise));
    return promise.future();
  }
}
