package io.jitney.daemon.outbox;

import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.error.PubSubErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.PublishApi;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of a store with an outbox: an event for each upsert, published before anything is
 * stored, and the operations with a marker for each event. Upserts with {@code outbox.projection}
 * are not stored: their value is what is published of the upsert with the same key.
 */
public final class OutboxTransaction {
  private static final String PROJECTION = "outbox.projection";
  private static final StateData MARK = new StateData.Json(Buffer.buffer("\"0\""));

  /** What is published of an upsert. */
  private record Payload(StateData value, String contentType) {}

  private record Announced(String marker, Buffer event) {}

  private final AppInstance instance;
  private final OutboxSettings settings;
  private final StateStore store;
  private final CallContext context;
  private final PublishApi publisher = new PublishApi();
  private final List<Announced> events = new ArrayList<>();
  private final List<StateOperation> operations = new ArrayList<>();
  private final AtomicInteger unanswered = new AtomicInteger();

  /**
   * @param all finished operations of the transaction, in order
   * @param contentTypes of each; "" where the request does not say
   */
  public OutboxTransaction(
      AppInstance instance,
      OutboxSettings settings,
      StateStore store,
      List<StateOperation> all,
      List<String> contentTypes,
      CallContext context,
      @Nullable Trace trace) {
    this.instance = instance;
    this.settings = settings;
    this.store = store;
    this.context = context;
    Map<String, Payload> projections = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) instanceof StateOperation.Upsert(SetRequest request)) {
        if (isProjection(request)) {
          projections.put(
              request.key(), new Payload(request.value(), type(request, contentTypes.get(i))));
        }
      }
    }
    List<StateOperation> marks = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!(all.get(i) instanceof StateOperation.Upsert(SetRequest request))) {
        operations.add(all.get(i));
      } else if (!isProjection(request)) {
        operations.add(all.get(i));
        Payload own = new Payload(request.value(), type(request, contentTypes.get(i)));
        Payload payload = projections.getOrDefault(request.key(), own);
        String marker = "outbox-" + UUID.randomUUID();
        Buffer event =
            OutboxEvent.make(
                marker,
                instance.appId(),
                settings.pubSub(),
                payload.contentType(),
                payload.value(),
                request.metadata(),
                trace);
        events.add(new Announced(marker, event));
        marks.add(
            new StateOperation.Upsert(
                new SetRequest(marker, MARK, null, Map.of(), StateOptions.NONE)));
      }
    }
    operations.addAll(marks);
  }

  private static boolean isProjection(SetRequest request) {
    String value = request.metadata().get(PROJECTION);
    return value != null && GoText.isTruthy(value);
  }

  private static String type(SetRequest request, String contentType) {
    return contentType.isEmpty() ? request.metadata().getOrDefault("contentType", "") : contentType;
  }

  /** What the store is to be given. */
  public List<StateOperation> operations() {
    return operations;
  }

  /**
   * Publishes the events one after the other; when one fails nothing may be stored.
   *
   * @return completes on the calling loop; fails with a DaprException
   */
  public Future<Void> publish() {
    String topic =
        settings.internalTopic(instance.settings().identityNamespace(), instance.appId());
    Future<Void> published = Future.succeededFuture();
    for (Announced one : events) {
      published =
          published.compose(
              done -> {
                instance.outbox().begin(one.marker());
                return publisher.publish(
                    instance,
                    context,
                    settings.pubSub(),
                    new PublishRequest(one.event(), topic, Map.of(), false));
              });
    }
    ContextInternal home = ContextInternal.current();
    Promise<Void> promise = home == null ? Promise.promise() : home.promise();
    published.onComplete(done -> instance.account().run(home, () -> published(done, promise)));
    return promise.future();
  }

  private void published(AsyncResult<Void> done, Promise<Void> promise) {
    if (done.succeeded()) {
      promise.complete();
    } else {
      end(Outbox.Outcome.FAILED);
      promise.fail(
          PubSubErrors.outbox(instance.appId(), String.valueOf(done.cause().getMessage()))
              .exception());
    }
  }

  /** Runs one attempt of the transaction and remembers whether it was answered. */
  public Future<Void> attempt(Supplier<Future<Void>> transaction) {
    unanswered.incrementAndGet();
    Future<Void> result = transaction.get();
    return result.onComplete(
        done -> {
          if (!(done.cause() instanceof ComponentException.Failed failure
              && failure.isUnanswered())) {
            unanswered.decrementAndGet();
          }
        });
  }

  /**
   * Learns what came of the transaction after its last attempt. Stores that do not roll back
   * (Redis) are made to forget the markers of one that failed, or its events would be relayed.
   *
   * @return as the transaction
   */
  public Future<Void> follow(Future<Void> transaction) {
    return transaction.transform(
        done -> {
          if (done.succeeded()) {
            end(Outbox.Outcome.DONE);
            return transaction;
          }
          if (unanswered.get() > 0) {
            end(Outbox.Outcome.UNKNOWN); // one of the attempts may have been carried out
            return transaction;
          }
          end(Outbox.Outcome.FAILED);
          return unmark().transform(unmarked -> transaction);
        });
  }

  private Future<Void> unmark() {
    List<DeleteRequest> markers =
        events.stream()
            .map(one -> new DeleteRequest(one.marker(), null, Map.of(), StateOptions.NONE))
            .toList();
    return markers.isEmpty()
        ? Future.succeededFuture()
        : store
            .bulkDelete(context, markers)
            .onFailure(
                failure ->
                    instance
                        .log()
                        .warn(
                            OutboxRelay.SCOPE,
                            "markers of a failed transaction could not be deleted, its events may"
                                + " be published: "
                                + failure.getMessage()));
  }

  private void end(Outbox.Outcome outcome) {
    events.forEach(one -> instance.outbox().end(one.marker(), outcome));
  }
}
