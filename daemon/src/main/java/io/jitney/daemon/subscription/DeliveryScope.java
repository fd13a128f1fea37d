package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.Message;
import io.jitney.daemon.admission.DeliveryGate;
import io.jitney.daemon.channel.AppUnhealthyException;
import io.jitney.daemon.channel.ChannelClosedException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.resiliency.ComponentType;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.PolicyRun;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.tenancy.admission.Admission.Admitted;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the deliveries of one running subscription share: whose they are, their places, and what
 * becomes of messages when the subscription ends.
 *
 * @param loop where messages go on that come from no event loop
 */
record DeliveryScope(
    AppInstance instance,
    Context loop,
    DeliveryGate gate,
    DeadLetters deadLetters,
    OpenPubSub pubSub,
    TopicSubscription wanted,
    InFlight inFlight) {
  private static final String LOG = "dapr.runtime.processor.subscription";

  /**
   * Handles something of the broker, on the account of the tenant.
   *
   * @return ends with what {@code work} ends with. Never, when the subscription was closed before
   *     it began, or before it failed: then the broker keeps the message
   */
  <T> Future<T> handle(Supplier<Future<T>> work) {
    Promise<T> outcome = Promise.promise();
    if (!inFlight.enter()) {
      return outcome.future();
    }
    ContextInternal here = ContextInternal.current();
    ContextInternal home =
        here != null && here.isEventLoopContext() ? here : (ContextInternal) loop;
    instance.account().run(home, () -> run(work, outcome));
    return outcome.future();
  }

  private <T> void run(Supplier<Future<T>> work, Promise<T> outcome) {
    Future<T> working;
    try {
      working = work.get();
    } catch (RuntimeException failure) {
      working = Future.failedFuture(failure);
    }
    working.onComplete(
        done -> {
          if (done.succeeded()) {
            outcome.complete(done.result());
          } else if (!ending(done.cause())) {
            outcome.fail(done.cause());
          }
          inFlight.leave();
        });
  }

  /** Also when the app has just become unhealthy: what stops the subscription is on its way. */
  private boolean ending(Throwable failure) {
    return failure instanceof ChannelClosedException
        || failure instanceof AppUnhealthyException
        || inFlight.closed();
  }

  /**
   * Attempts under the component's inbound policy; one if it has none. One that takes longer than
   * the policy waits is given up: it would keep a place of the app that nothing comes out of.
   */
  <T> Future<T> underPolicy(Function<Attempt, Future<T>> work) {
    Resiliency resiliency = instance.resiliency();
    Policy policy = resiliency.inbound(ComponentType.PUBSUB, wanted.pubsub());
    if (policy.isNone()) {
      return work.apply(new Attempt());
    }
    AtomicReference<Attempt> running = new AtomicReference<>(new Attempt());
    PolicyRun<T> run =
        resiliency
            .prepare(
                policy,
                DeliveryException::code,
                () -> {
                  Attempt next = new Attempt();
                  running.set(next);
                  return work.apply(next);
                })
            .onTimeout(() -> running.get().giveUp());
    return inFlight.repeating(run.begin());
  }

  /** One call of the app, once the tenant has a place for it. */
  <T> Future<T> attempt(long bytes, Attempt attempt, Supplier<Future<T>> call) {
    Future<Admitted> place = gate.enter(bytes);
    if (!place.isComplete()) {
      attempt.runs(() -> gate.forget(place));
    }
    return place.compose(
        admitted -> {
          Future<T> calling;
          try {
            calling = attempt.isGivenUp() ? givenUp() : call.get();
          } catch (RuntimeException failure) {
            calling = Future.failedFuture(failure);
          }
          return calling.onComplete(done -> gate.leave(admitted));
        });
  }

  private static <T> Future<T> givenUp() {
    return Future.failedFuture(new DeliveryException("context deadline exceeded"));
  }

  /** Keeps a message where the subscription wants such messages to be, if anywhere. */
  Future<Void> deadLetter(Map<String, String> metadata, Message message) {
    return wanted.deadLetterTopic().isEmpty()
        ? Future.succeededFuture()
        : deadLetters.publish(pubSub, wanted.deadLetterTopic(), message.data(), metadata);
  }

  /** As {@link #deadLetter}; without such a place, or while the subscription ends, it failed. */
  Future<Void> deadLetterOr(Map<String, String> metadata, Message message, Throwable failure) {
    return wanted.deadLetterTopic().isEmpty() || ending(failure)
        ? Future.failedFuture(failure)
        : deadLetter(metadata, message);
  }

  void log(String line) {
    instance.log().warn(LOG, wanted.pubsub() + "/" + wanted.topic() + ": " + line);
  }

  /**
   * Counts a message.
   *
   * @param startNanos when it came
   * @param status {@code success}, {@code retry} or {@code drop}
   */
  void count(long startNanos, String status) {
    instance
        .metrics()
        .pubsubIngress(wanted.pubsub(), wanted.topic(), status, System.nanoTime() - startNanos);
  }

  /**
   * As {@link #count} for a bulk.
   *
   * @param statuses that its entries ended with, each once
   */
  void countBulk(long startNanos, Collection<String> statuses) {
    instance
        .metrics()
        .pubsubBulkIngress(
            wanted.pubsub(), wanted.topic(), statuses, System.nanoTime() - startNanos);
  }
}
