package io.jitney.daemon.pubsub;

import io.jitney.components.pubsub.BulkPublishFailure;
import io.jitney.components.pubsub.BulkPublishRequest;
import io.jitney.components.pubsub.BulkPublishRequest.BulkEntry;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.daemon.error.PubSubErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resiliency.ComponentType;
import io.jitney.daemon.resiliency.Policy;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The way of everything that is published, by whomever: scopes, the broker's name of the topic, the
 * component's outbound policy, the broker. Topics are given as the app names them. Futures fail
 * with a {@link PublishFailure} and may complete on any thread.
 */
final class PublishPath {
  private PublishPath() {}

  static Future<Void> publish(
      AppInstance instance,
      CallContext context,
      OpenPubSub pubSub,
      PublishCodes codes,
      PublishRequest request) {
    if (!pubSub.scopes().mayPublish(request.topic())) {
      return forbidden(instance, request.topic());
    }
    CallContext call = context.on(instance.account().component(pubSub.name()));
    PublishRequest toBroker =
        pubSub.prefix().isEmpty()
            ? request
            : new PublishRequest(
                request.data(),
                pubSub.brokerTopic(request.topic()),
                request.metadata(),
                request.hasMetadata());
    Policy policy = policy(instance, pubSub);
    Future<Void> published =
        policy.isNone()
            ? inTime(attempt(() -> pubSub.component().publish(call, toBroker)), call)
            : run(
                instance,
                policy,
                codes,
                call,
                one -> attempt(() -> pubSub.component().publish(one, toBroker)));
    return published.succeeded()
        ? published
        : published.recover(cause -> Future.failedFuture(failure(cause)));
  }

  /**
   * Publishes the entries of a bulk, by one call where the broker can, else side by side; then
   * fails with {@link PublishFailure.Partial} when any was not taken. Repetitions are of those
   * only.
   */
  static Future<Void> publish(
      AppInstance instance,
      CallContext context,
      OpenPubSub pubSub,
      PublishCodes codes,
      BulkPublishRequest request) {
    if (!pubSub.scopes().mayPublish(request.topic())) {
      return forbidden(instance, request.topic());
    }
    if (request.entries().isEmpty()) {
      return Future.succeededFuture();
    }
    CallContext call = context.on(instance.account().component(pubSub.name()));
    Remaining remaining =
        new Remaining(
            new BulkPublishRequest(
                pubSub.brokerTopic(request.topic()), request.entries(), request.metadata()));
    Function<CallContext, Future<Void>> attempt =
        one ->
            attempt(() -> bulk(pubSub.component(), one, remaining.request()))
                .recover(cause -> Future.failedFuture(remaining.failed(cause)));
    Policy policy = policy(instance, pubSub);
    Future<Void> published =
        policy.isNone()
            ? inTime(attempt.apply(call), call)
            : run(instance, policy, codes, call, attempt);
    return published.succeeded()
        ? published
        : published.recover(cause -> Future.failedFuture(remaining.failed(cause)));
  }

  /** Runs attempts under the policy, each with a deadline of its own. */
  private static Future<Void> run(
      AppInstance instance,
      Policy policy,
      PublishCodes codes,
      CallContext call,
      Function<CallContext, Future<Void>> attempt) {
    return instance
        .resiliency()
        .run(
            policy,
            codes::of,
            () -> {
              long end = instance.callContext(null).deadlineNanos();
              CallContext own = call.until(policy.deadlineNanos(end));
              return inTime(attempt.apply(own), own);
            });
  }

  private static Future<Void> bulk(PubSub broker, CallContext call, BulkPublishRequest request) {
    return broker instanceof PubSub.BulkPublisher bulk
        ? bulk.bulkPublish(call, request)
        : new ParallelPublish(broker, call, request).run();
  }

  /** What has not been taken so far; attempts come one after the other. */
  private static final class Remaining {
    private volatile BulkPublishRequest request;

    Remaining(BulkPublishRequest all) {
      request = all;
    }

    BulkPublishRequest request() {
      return request;
    }

    PublishFailure failed(Throwable cause) {
      if (cause instanceof PublishFailure known) {
        return known;
      }
      if (cause instanceof ComponentException.Overloaded overloaded) {
        return new PublishFailure.Overloaded(overloaded);
      }
      Map<String, String> failed = new LinkedHashMap<>();
      if (cause instanceof BulkPublishFailure partial && !partial.failed().isEmpty()) {
        failed.putAll(partial.failed());
        List<BulkEntry> left =
            request.entries().stream().filter(one -> failed.containsKey(one.entryId())).toList();
        request = new BulkPublishRequest(request.topic(), left, request.metadata());
      } else {
        String text = new PublishFailure.Failed(cause).getMessage();
        request.entries().forEach(entry -> failed.put(entry.entryId(), String.valueOf(text)));
      }
      return new PublishFailure.Partial(cause, failed);
    }
  }

  private static Policy policy(AppInstance instance, OpenPubSub pubSub) {
    return instance.resiliency().outbound(ComponentType.PUBSUB, pubSub.name());
  }

  private static Future<Void> attempt(Supplier<Future<Void>> call) {
    try {
      return call.get();
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  private static Future<Void> inTime(Future<Void> published, CallContext call) {
    return published.isComplete()
        ? published
        : published.timeout(call.remainingMillis(), TimeUnit.MILLISECONDS);
  }

  private static Future<Void> forbidden(AppInstance instance, String topic) {
    return Future.failedFuture(
        new PublishFailure.Forbidden(PubSubErrors.forbiddenText(topic, instance.appId())));
  }

  private static PublishFailure failure(Throwable cause) {
    return switch (cause) {
      case PublishFailure known -> known;
      case ComponentException.Overloaded overloaded -> new PublishFailure.Overloaded(overloaded);
      default -> new PublishFailure.Failed(cause);
    };
  }
}
