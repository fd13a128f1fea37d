package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub.MessageHandler;
import io.jitney.daemon.subscription.EventTarget.Verdict;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages of one subscription to its target, one by one: reads, routes, delivers under
 * the component's inbound policy, and sees to what was not taken (spec 02, sections 4.1 and 4.6).
 */
final class SingleDelivery implements MessageHandler {
  private final DeliveryScope scope;
  private final EventTarget target;
  private final boolean whole;
  private final Router router;

  SingleDelivery(DeliveryScope scope, EventTarget target) {
    this.scope = scope;
    this.target = target;
    this.whole = target.whole();
    this.router = new Router(scope.instance().account());
  }

  @Override
  public Future<Void> handle(Message message) {
    return scope.handle(() -> process(message));
  }

  /**
   * A message that could be read.
   *
   * @param path null: no rule holds
   */
  private record Routed(Event event, @Nullable String path, boolean expired) {}

  private Future<Void> process(Message message) {
    long start = System.nanoTime();
    return router
        .work(message.data().length(), budget -> routed(message, budget))
        .transform(
            done ->
                done.succeeded()
                    ? process(message, done.result(), start)
                    : unreadable(message, done.cause(), start));
  }

  private Routed routed(Message message, RuleBudget budget) throws NotAnEvent, CelRule.Undecided {
    TopicSubscription wanted = scope.wanted();
    String topic = scope.pubSub().appTopic(message.topic());
    Event event = EventReader.read(message, wanted.pubsub(), topic, wanted.raw(), whole);
    boolean expired = event.expired(Instant.now());
    return new Routed(
        event, expired ? null : wanted.routes().path(event::attributes, budget), expired);
  }

  private Future<Void> unreadable(Message message, Throwable cause, long start) {
    String about =
        cause instanceof CelRule.Undecided
            ? "error finding matching route for event: "
            : "failed to read a message: ";
    scope.log(about + cause.getMessage());
    scope.count(start, "retry");
    return scope.deadLetterOr(
        withName(message), message, new DeliveryException(about + cause.getMessage()));
  }

  private Future<Void> process(Message message, Routed routed, long start) {
    Event event = routed.event();
    String path = routed.path();
    if (path != null) {
      return deliver(message, event, path, start);
    }
    scope.count(start, "drop");
    Future<Void> kept = scope.deadLetter(event.metadata(), message);
    return routed.expired() ? kept : kept.recover(ignored -> Future.succeededFuture());
  }

  private Map<String, String> withName(Message message) {
    Map<String, String> metadata = new LinkedHashMap<>(message.metadata());
    metadata.put("pubsubName", scope.wanted().pubsub());
    return metadata;
  }

  private Future<Void> deliver(Message message, Event event, String path, long start) {
    Trace trace = event.trace(scope.instance().configuration().tracing());
    return scope
        .underPolicy(
            attempt ->
                scope.attempt(
                    message.data().length(),
                    attempt,
                    () -> target.deliver(event, path, trace, attempt)))
        .transform(
            done -> {
              target.forget(event);
              if (done.failed()) {
                scope.count(start, "retry");
                return scope.deadLetterOr(event.metadata(), message, done.cause());
              }
              return verdict(message, event, done.result(), start);
            });
  }

  private Future<Void> verdict(Message message, Event event, Verdict verdict, long start) {
    return switch (verdict) {
      case SUCCESS, UNHEARD -> {
        scope.count(start, "success");
        yield Future.succeededFuture();
      }
      case DROP -> {
        scope.count(start, "drop");
        yield scope.deadLetter(event.metadata(), message);
      }
    };
  }
}
