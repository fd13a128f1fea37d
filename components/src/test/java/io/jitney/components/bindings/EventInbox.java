package io.jitney.components.bindings;

import io.jitney.components.bindings.InputBinding.BindingEvent;
import io.jitney.components.bindings.InputBinding.EventHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** An app for tests of input bindings: remembers what it was given, and answers as a test wants. */
public final class EventInbox implements EventHandler {
  public static final Future<Buffer> OK = Future.succeededFuture(Buffer.buffer());

  /** What came, in order. */
  public final List<BindingEvent> events = new CopyOnWriteArrayList<>();

  public volatile Function<BindingEvent, Future<Buffer>> answer = event -> OK;

  /** Never answers. */
  public static EventInbox silent() {
    EventInbox inbox = new EventInbox();
    inbox.answer = event -> Promise.<Buffer>promise().future();
    return inbox;
  }

  /** Does not take what reads so. */
  public static EventInbox refusing(String text) {
    EventInbox inbox = new EventInbox();
    inbox.answer = event -> event.data().toString().equals(text) ? Future.failedFuture("no") : OK;
    return inbox;
  }

  @Override
  public Future<Buffer> handle(BindingEvent event) {
    events.add(event);
    return answer.apply(event);
  }

  public List<String> texts() {
    return events.stream().map(event -> event.data().toString()).toList();
  }

  /** Waits until there are that many events. */
  public void await(int count) {
    Awaitility.await()
        .alias("events")
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .atMost(20, TimeUnit.SECONDS)
        .until(events::size, size -> size >= count);
  }

  /** Waits a moment and counts. */
  public int settled(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return events.size();
  }
}
