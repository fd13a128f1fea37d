package io.jitney.daemon.subscription;

import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse.TopicEventResponseStatus;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Events of a stream. The protocol tells them apart by their CloudEvent id alone; here each waits
 * for an answer of its own, and of several with one id the first that was sent gets the first
 * answer.
 *
 * <p>Threads: any.
 */
final class StreamTarget implements EventTarget {
  private record Waiting(Event event, Promise<Verdict> verdict) {}

  private final Account account;
  private final String component;
  private final Function<TopicEventRequest, Future<Void>> send;

  // Guarded by this.
  private final Map<String, Deque<Waiting>> waiting = new HashMap<>();
  private boolean ended;

  /**
   * @param send writes an event to the client, from any thread; done when the client has taken it
   */
  StreamTarget(Account account, String component, Function<TopicEventRequest, Future<Void>> send) {
    this.account = account;
    this.component = component;
    this.send = send;
  }

  @Override
  public boolean whole() {
    return true;
  }

  @Override
  public Future<Verdict> deliver(Event event, String path, @Nullable Trace trace, Attempt attempt) {
    attempt.runs(() -> forget(event));
    return Aside.work(
            account, event.body().length(), () -> GrpcEvents.single(event, component, path))
        .compose(
            message ->
                attempt.isGivenUp()
                    ? Future.failedFuture(new DeliveryException("context deadline exceeded"))
                    : send(event, message));
  }

  private Future<Verdict> send(Event event, TopicEventRequest message) {
    Waiting entry = new Waiting(event, Promise.promise());
    synchronized (this) {
      if (ended) {
        return Future.failedFuture(new DeliveryException("stream closed"));
      }
      remove(event); // an attempt before this one was given up
      waiting.computeIfAbsent(event.text("id"), first -> new ArrayDeque<>(1)).add(entry);
    }
    // Who answers what it never read must not make the daemon hold ever more for it.
    Future<Void> taken = send.apply(message);
    return entry
        .verdict
        .future()
        .transform(
            answer ->
                isEnded()
                    ? (Future<Verdict>) answer
                    : taken.transform(written -> (Future<Verdict>) answer));
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  @Override
  public synchronized void forget(Event event) {
    remove(event);
  }

  private void remove(Event event) {
    String id = event.text("id");
    Deque<Waiting> same = waiting.get(id);
    if (same == null) {
      return;
    }
    for (Iterator<Waiting> each = same.iterator(); each.hasNext(); ) {
      if (each.next().event == event) {
        each.remove();
      }
    }
    if (same.isEmpty()) {
      waiting.remove(id);
    }
  }

  /** The client's answer; false when nobody waits for it. */
  boolean answered(String id, TopicEventResponseStatus status) {
    Waiting first;
    synchronized (this) {
      Deque<Waiting> same = waiting.get(id);
      if (same == null) {
        return false;
      }
      first = same.remove();
      if (same.isEmpty()) {
        waiting.remove(id);
      }
    }
    try {
      first.verdict.tryComplete(GrpcTarget.verdict(status));
    } catch (DeliveryException again) {
      first.verdict.tryFail(again);
    }
    return true;
  }

  /** Nobody answers any more. */
  void end() {
    Map<String, Deque<Waiting>> left;
    synchronized (this) {
      ended = true;
      left = Map.copyOf(waiting);
      waiting.clear();
    }
    for (Deque<Waiting> same : left.values()) {
      same.forEach(entry -> entry.verdict.tryFail(new DeliveryException("stream closed")));
    }
  }
}
