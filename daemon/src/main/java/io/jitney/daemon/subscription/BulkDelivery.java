package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub.BulkMessageHandler;
import io.jitney.components.pubsub.PubSub.EntryOutcome;
import io.jitney.daemon.error.SubscribeErrors;
import io.jitney.daemon.subscription.BulkTarget.Batch;
import io.jitney.daemon.subscription.BulkTarget.Entry;
import io.jitney.daemon.subscription.EventTarget.Verdict;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes batches of one subscription to an app: a request for each path, repeated with what the app
 * did not take; what is left in the end goes to the dead-letter topic (spec 02, sections 4.3, 4.6
 * and 4.7).
 */
final class BulkDelivery implements BulkMessageHandler {
  private final DeliveryScope scope;
  private final BulkTarget target;
  private final boolean whole;
  private final Router router;

  /**
   * @param whole whether the target or the rules need to know all attributes of events
   */
  BulkDelivery(DeliveryScope scope, BulkTarget target, boolean whole) {
    this.scope = scope;
    this.target = target;
    this.whole = whole;
    this.router = new Router(scope.instance().account());
  }

  @Override
  public Future<List<EntryOutcome>> handle(List<Message> messages) {
    return scope.handle(() -> process(messages));
  }

  /**
   * A batch that was read.
   *
   * @param failed why an entry can not be delivered, by its id; filled on
   * @param dropped entries that the app is not to get
   */
  private record Sorted(
      List<Entry> entries,
      Map<String, Throwable> failed,
      List<Entry> dropped,
      Map<String, List<Entry>> byPath) {}

  private Future<List<EntryOutcome>> process(List<Message> messages) {
    long start = System.nanoTime();
    long bytes = 0;
    for (Message message : messages) {
      bytes += message.data().length();
    }
    return router
        .work(bytes, budget -> sorted(messages, budget))
        .compose(sorted -> deliver(sorted, start));
  }

  private Sorted sorted(List<Message> messages, RuleBudget budget) {
    List<Entry> entries = new ArrayList<>(messages.size());
    Map<String, Throwable> failed = new ConcurrentHashMap<>(); // brokers answer on their threads
    List<Entry> dropped = new ArrayList<>();
    Map<String, List<Entry>> byPath = new LinkedHashMap<>();
    for (Message message : messages) {
      String id = UUID.randomUUID().toString();
      Entry entry;
      try {
        entry = read(id, message);
      } catch (NotAnEvent unreadable) {
        entries.add(new Entry(id, message, null));
        failed.put(id, new DeliveryException(String.valueOf(unreadable.getMessage())));
        continue;
      }
      entries.add(entry);
      Event event = entry.event();
      if (event != null && event.expired(Instant.now())) {
        dropped.add(entry);
        continue;
      }
      try {
        String path = path(entry, budget);
        if (path == null) {
          dropped.add(entry); // and, as daprd does, sent to the empty path all the same
        }
        byPath.computeIfAbsent(path == null ? "" : path, first -> new ArrayList<>()).add(entry);
      } catch (CelRule.Undecided undecided) {
        failed.put(id, new DeliveryException(String.valueOf(undecided.getMessage())));
      }
    }
    return new Sorted(entries, failed, dropped, byPath);
  }

  private Future<List<EntryOutcome>> deliver(Sorted sorted, long start) {
    List<Future<Void>> sending = new ArrayList<>();
    sending.add(keep(sorted.dropped).recover(ignored -> Future.succeededFuture()));
    sorted.byPath.forEach(
        (path, some) -> sending.add(deliver(path, some, sorted.dropped, sorted.failed)));
    return Future.join(sending).transform(done -> finish(sorted, start));
  }

  private Entry read(String id, Message message) throws NotAnEvent {
    if (scope.wanted().raw()) {
      return new Entry(id, message, null);
    }
    String topic = scope.pubSub().appTopic(message.topic());
    return new Entry(id, message, EventReader.readEntry(message, topic, whole));
  }

  private @Nullable String path(Entry entry, RuleBudget budget) throws CelRule.Undecided {
    Event event = entry.event();
    return scope
        .wanted()
        .routes()
        .path(() -> event == null ? entry.message().data().toString() : event.attributes(), budget);
  }

  /** Never fails: what was not taken is in {@code failed}. */
  private Future<Void> deliver(
      String path, List<Entry> entries, List<Entry> unrouted, Map<String, Throwable> failed) {
    Trace trace = trace(entries.getFirst());
    List<Entry> left = new ArrayList<>(entries);
    return scope
        .underPolicy(one -> attempt(path, left, trace, one))
        .recover(
            failure -> {
              left.forEach(entry -> failed.put(entry.id(), failure));
              return Future.succeededFuture();
            })
        .onSuccess(done -> unrouted.forEach(entry -> failed.remove(entry.id())));
  }

  private @Nullable Trace trace(Entry first) {
    Event event = first.event();
    return event == null ? null : event.trace(scope.instance().configuration().tracing());
  }

  /** Takes out of {@code left} what the app is done with; fails while there is something left. */
  private Future<Void> attempt(String path, List<Entry> left, @Nullable Trace trace, Attempt one) {
    TopicSubscription wanted = scope.wanted();
    List<Entry> sent = List.copyOf(left);
    Batch batch =
        new Batch(
            UUID.randomUUID().toString(),
            wanted.pubsub(),
            scope.pubSub().appTopic(sent.getFirst().message().topic()),
            path,
            sent);
    long bytes = 0;
    for (Entry entry : sent) {
      bytes += entry.message().data().length();
    }
    return scope
        .attempt(bytes, one, () -> target.deliver(batch, trace, one))
        .compose(
            verdicts -> {
              List<Entry> dropped = new ArrayList<>();
              for (Entry entry : sent) {
                Verdict verdict = verdicts.get(entry.id());
                if (verdict != null) {
                  left.remove(entry);
                  if (verdict == Verdict.DROP) {
                    dropped.add(entry);
                  }
                }
              }
              return keep(dropped).recover(ignored -> Future.succeededFuture());
            })
        .compose(
            kept ->
                left.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new DeliveryException(SubscribeErrors.entriesFailed(left.size()))));
  }

  private Future<Void> keep(List<Entry> entries) {
    String topic = scope.wanted().deadLetterTopic();
    return entries.isEmpty() || topic.isEmpty()
        ? Future.succeededFuture()
        : scope.deadLetters().publish(scope.pubSub(), topic, entries);
  }

  private Future<List<EntryOutcome>> finish(Sorted sorted, long start) {
    List<Entry> entries = sorted.entries;
    Map<String, Throwable> failed = sorted.failed;
    Set<String> dropped = new HashSet<>();
    sorted.dropped.forEach(entry -> dropped.add(entry.id()));
    Set<String> statuses = new TreeSet<>();
    for (Entry entry : entries) {
      statuses.add(
          failed.containsKey(entry.id())
              ? "retry"
              : dropped.contains(entry.id()) ? "drop" : "success");
    }
    scope.countBulk(start, statuses);
    if (failed.isEmpty()) {
      return Future.succeededFuture(outcomes(entries, failed));
    }
    if (scope.wanted().deadLetterTopic().isEmpty() || scope.inFlight().closed()) {
      return scope.inFlight().closed()
          ? Future.failedFuture(new DeliveryException("subscription is closed"))
          : Future.succeededFuture(outcomes(entries, failed));
    }
    List<Entry> lost = entries.stream().filter(entry -> failed.containsKey(entry.id())).toList();
    return keep(lost)
        .transform(
            done ->
                Future.succeededFuture(outcomes(entries, done.succeeded() ? Map.of() : failed)));
  }

  private static List<EntryOutcome> outcomes(List<Entry> entries, Map<String, Throwable> failed) {
    List<EntryOutcome> outcomes = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      Throwable failure = failed.get(entry.id());
      outcomes.add(
          failure == null
              ? new EntryOutcome.Done()
              : new EntryOutcome.Failed(String.valueOf(failure.getMessage())));
    }
    return outcomes;
  }
}
