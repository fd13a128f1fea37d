package io.jitney.daemon.pubsub;

import io.jitney.components.pubsub.BulkPublishRequest;
import io.jitney.components.pubsub.BulkPublishRequest.BulkEntry;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.PubSubErrors;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Dapr's publish API without a transport: finds the broker, makes the envelope, asks the scopes,
 * publishes, counts, and turns failures into catalogue errors; in daprd's order.
 *
 * <p>{@link #publish(AppInstance, CallContext, OpenPubSub, PublishRequest)} is what the runtime
 * itself publishes by: dead letters, outbox.
 *
 * <p>Stateless; called on event loops.
 */
public final class PublishApi {
  /** What an entry weighs beside its data. */
  private static final int ENTRY_SIZE = 64;

  private static final long RETRY_MILLIS = 1_000;

  /**
   * Publishes for the runtime itself: scopes, namespace prefix and the component's outbound policy
   * apply, nothing is wrapped or counted.
   *
   * @param request its topic as the app names it
   * @return may complete on any thread; fails with a {@link PublishFailure}
   */
  public Future<Void> publish(
      AppInstance instance, CallContext context, OpenPubSub pubSub, PublishRequest request) {
    return PublishPath.publish(instance, context, pubSub, PublishCodes.GRPC, request);
  }

  /** As the other, by the component's name. */
  public Future<Void> publish(
      AppInstance instance, CallContext context, String pubSub, PublishRequest request) {
    OpenPubSub open = instance.components().pubSub(pubSub);
    return open == null
        ? Future.failedFuture(new PublishFailure.NotFound(PubSubErrors.vanishedText(pubSub)))
        : PublishPath.publish(instance, context, open, PublishCodes.GRPC, request);
  }

  /** Many at once; fails with {@link PublishFailure.Partial} when some were not taken. */
  public Future<Void> publish(
      AppInstance instance, CallContext context, OpenPubSub pubSub, BulkPublishRequest request) {
    return PublishPath.publish(instance, context, pubSub, PublishCodes.GRPC, request);
  }

  /**
   * The call's broker and topic, or the error that there is none.
   *
   * @param metadata of the request
   */
  PublishCall begin(
      AppInstance instance,
      String pubSub,
      String topic,
      Map<String, String> metadata,
      PublishCodes codes,
      CallContext context,
      @Nullable Trace trace) {
    if (pubSub.isEmpty()) {
      throw PubSubErrors.nameEmpty(metadata).exception();
    }
    OpenPubSub open = instance.components().pubSub(pubSub);
    if (open == null) {
      throw PubSubErrors.notFound(pubSub, metadata).exception();
    }
    if (topic.isEmpty()) {
      throw PubSubErrors.topicEmpty(pubSub, metadata).exception();
    }
    return new PublishCall(instance, open, topic, codes, context, trace);
  }

  /**
   * Publishes one event.
   *
   * @param traceRaw whether raw data carry the trace in their metadata, as over gRPC
   * @return completes on the calling loop; fails with a DaprException
   */
  Future<Void> publish(PublishCall call, Event event, boolean traceRaw) {
    boolean raw = isRaw(call, event.metadata());
    Map<String, String> metadata = event.metadata();
    if (raw && traceRaw) {
      metadata = new HashMap<>(metadata);
      metadata.put("traceid", call.traceparent());
      metadata.put("tracestate", call.tracestate());
    }
    Map<String, String> sent = metadata;
    if (raw) {
      return send(call, new PublishRequest(event.data(), call.topic(), sent, event.hasMetadata()));
    }
    return call.instance()
        .account()
        .work(event.data().length(), () -> envelope(call, event))
        .compose(
            data -> send(call, new PublishRequest(data, call.topic(), sent, event.hasMetadata())));
  }

  private static Future<Void> send(PublishCall call, PublishRequest request) {
    long start = System.nanoTime();
    return finish(
        call,
        start,
        false,
        PublishPath.publish(call.instance(), call.context(), call.pubSub(), call.codes(), request));
  }

  private static boolean isRaw(PublishCall call, Map<String, String> metadata) {
    try {
      return EventMetadata.isRaw(metadata);
    } catch (EventMetadata.NoBoolean none) {
      throw PubSubErrors.metadata(call.pubSub().name(), metadata, String.valueOf(none.getMessage()))
          .exception();
    }
  }

  private static Buffer envelope(PublishCall call, Event event) {
    if (!ContentType.isCloudEvent(event.contentType())) {
      return Envelope.wrap(call, event);
    }
    try {
      return Envelope.complete(call, event);
    } catch (GoJsonException none) {
      throw PubSubErrors.cloudEvent(
              call.pubSub().name(), call.instance().appId(), String.valueOf(none.getMessage()))
          .exception();
    }
  }

  /**
   * Publishes many events to one topic, each in an envelope of its own.
   *
   * @param metadata of the request
   * @return completes on the calling loop; fails with a DaprException, or with {@link
   *     PublishFailure.Partial} where entries were not taken, of which the fronts speak differently
   */
  Future<Void> publishBulk(
      PublishCall call, List<Event.Entry> entries, Map<String, String> metadata) {
    boolean raw = isRaw(call, metadata);
    Set<String> ids = new HashSet<>();
    long size = 0;
    for (Event.Entry entry : entries) {
      if (entry.entryId().isEmpty() || !ids.add(entry.entryId())) {
        throw entryId(call).exception();
      }
      size += ENTRY_SIZE + entry.event().data().length();
    }
    return call.instance()
        .account()
        .work(size, () -> finished(call, entries, metadata, raw))
        .compose(
            finished -> {
              long start = System.nanoTime();
              BulkPublishRequest request = new BulkPublishRequest(call.topic(), finished, metadata);
              return finish(
                  call,
                  start,
                  true,
                  PublishPath.publish(
                      call.instance(), call.context(), call.pubSub(), call.codes(), request));
            });
  }

  static DaprError entryId(PublishCall call) {
    return PubSubErrors.entryId(call.pubSub().name(), call.topic(), call.instance().appId());
  }

  private static List<BulkEntry> finished(
      PublishCall call, List<Event.Entry> entries, Map<String, String> metadata, boolean raw) {
    List<BulkEntry> finished = new ArrayList<>(entries.size());
    for (Event.Entry entry : entries) {
      Event event = entry.event();
      if (event.hasMetadata() && !metadata.isEmpty()) {
        Map<String, String> merged = new HashMap<>(metadata);
        merged.putAll(event.metadata());
        event = new Event(event.data(), event.contentType(), merged, true);
      }
      Trace trace = call.trace();
      PublishCall own =
          trace == null ? call : call.with(call.instance().configuration().tracing().child(trace));
      finished.add(
          new BulkEntry(
              entry.entryId(),
              raw ? event.data() : envelope(own, event),
              event.contentType(),
              event.metadata()));
    }
    return finished;
  }

  /** Counts the outcome, comes home to the calling loop, and says failures in the API's words. */
  private static Future<Void> finish(
      PublishCall call, long start, boolean bulk, Future<Void> result) {
    if (result.isComplete()) {
      count(call, start, bulk, result.succeeded());
      return result.succeeded() ? result : Future.failedFuture(error(call, result.cause()));
    }
    ContextInternal home = ContextInternal.current();
    Promise<Void> promise = home == null ? Promise.promise() : home.promise();
    result.onComplete(
        done ->
            call.instance()
                .account()
                .runInTurn(
                    home,
                    () -> {
                      count(call, start, bulk, done.succeeded());
                      if (done.succeeded()) {
                        promise.complete();
                      } else {
                        promise.fail(error(call, done.cause()));
                      }
                    }));
    return promise.future();
  }

  private static void count(PublishCall call, long start, boolean bulk, boolean success) {
    long nanos = System.nanoTime() - start;
    call.instance().account().usage().store(nanos);
    call.instance().metrics().published(call.pubSub().name(), call.topic(), bulk, success, nanos);
  }

  private static Throwable error(PublishCall call, Throwable cause) {
    String pubSub = call.pubSub().name();
    String text = String.valueOf(cause.getMessage());
    return switch (cause) {
      case PublishFailure.Partial partial -> partial;
      case PublishFailure.Forbidden forbidden ->
          PubSubErrors.forbidden(pubSub, call.topic(), call.instance().appId()).exception();
      case PublishFailure.Overloaded overloaded -> overloaded(call).exception();
      default -> PubSubErrors.publish(pubSub, call.topic(), text).exception();
    };
  }

  private static DaprError overloaded(PublishCall call) {
    call.instance().refused(Reason.QUEUE_FULL);
    return AdmissionErrors.ofTenant(
        new Admission.Refused(
            Reason.QUEUE_FULL,
            "too many messages wait for pubsub " + call.pubSub().name(),
            RETRY_MILLIS),
        call.instance().tenant());
  }
}
