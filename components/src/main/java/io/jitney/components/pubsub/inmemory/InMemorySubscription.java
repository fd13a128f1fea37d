package io.jitney.components.pubsub.inmemory;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.UnsettledBytes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of the bus: messages in the order in which they were published, one at a time.
 *
 * <p>What may wait is bounded twice. Within the window a publisher is done at once; beyond it, it
 * waits until its message is in the window, which is how a slow app slows its publisher down; and
 * beyond as many again it is turned away. What waits counts for the flow that subscribed; while
 * that one holds too much of scarce memory, nothing more may wait.
 */
final class InMemorySubscription implements PubSub.Subscription {
  static final int WINDOW_MESSAGES = 1_024;
  static final long WINDOW_BYTES = 8L << 20;

  private record Waiting(PublishRequest request, Promise<Void> taken) {
    long size() {
      return request.data().length();
    }
  }

  private final String topic;
  private final @Nullable String prefix;
  private final PubSub.MessageHandler handler;
  private final Context context;
  private final ComponentLog log;
  private final Flow flow;
  private final UnsettledBytes held;
  private final Consumer<InMemorySubscription> onCancel;

  // Guarded by this. The window is a queue of its own so that who waits for it is found at once.
  private final Deque<PublishRequest> window = new ArrayDeque<>();
  private final Deque<Waiting> behind = new ArrayDeque<>();
  private long windowBytes;
  private long behindBytes;
  private boolean delivering;
  private boolean cancelled;

  InMemorySubscription(
      String topic,
      PubSub.MessageHandler handler,
      Context context,
      ComponentLog log,
      Flow flow,
      Consumer<InMemorySubscription> onCancel) {
    this.topic = topic;
    this.prefix = topic.endsWith("*") ? topic.substring(0, topic.length() - 1) : null;
    this.handler = handler;
    this.context = context;
    this.log = log;
    this.flow = flow;
    this.held = new UnsettledBytes(flow);
    this.onCancel = onCancel;
  }

  boolean wants(String published) {
    return prefix == null
        ? published.equals(topic)
        : published.length() > prefix.length() && published.startsWith(prefix);
  }

  /** Takes a message in; done when it is in the window. */
  Future<Void> offer(PublishRequest request) {
    synchronized (this) {
      if (cancelled) {
        return Future.succeededFuture();
      }
      if (!behind.isEmpty() || !hasPlace(request)) {
        return waitBehind(request);
      }
      enter(request);
      if (delivering) {
        return Future.succeededFuture();
      }
      delivering = true;
    }
    context.runOnContext(now -> deliver());
    return Future.succeededFuture();
  }

  private boolean hasPlace(PublishRequest request) {
    if (!flow.mayHoldMore()) {
      return window.isEmpty() && !delivering;
    }
    return window.isEmpty()
        || (window.size() < WINDOW_MESSAGES
            && windowBytes + request.data().length() <= WINDOW_BYTES);
  }

  private void enter(PublishRequest request) {
    window.add(request);
    windowBytes += request.data().length();
    held.take(request.data().length());
  }

  private Future<Void> waitBehind(PublishRequest request) {
    if (behind.size() >= WINDOW_MESSAGES
        || (behindBytes + request.data().length() > WINDOW_BYTES && !behind.isEmpty())
        || !flow.mayHoldMore()) {
      return Future.failedFuture(
          new ComponentException.Overloaded("too many messages wait for a subscriber"));
    }
    Promise<Void> taken = Promise.promise();
    Waiting waiting = new Waiting(request, taken);
    behind.add(waiting);
    behindBytes += waiting.size();
    held.take(waiting.size());
    return taken.future();
  }

  /** Hands over until a handler takes its time; on the subscription's loop. */
  private void deliver() {
    for (PublishRequest next = next(); next != null; next = next()) {
      long size = next.data().length();
      Future<Void> handled = handle(next);
      if (!handled.isComplete()) {
        handled.onComplete(
            done -> {
              held.give(size);
              report(handled);
              context.runOnContext(now -> deliver());
            });
        return;
      }
      held.give(size);
      report(handled);
    }
  }

  private Future<Void> handle(PublishRequest request) {
    try {
      return handler.handle(
          new Message(request.data(), topic, request.metadata(), null, request.hasMetadata()));
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  private void report(Future<Void> handled) {
    if (handled.failed()) {
      log.error(String.valueOf(handled.cause().getMessage()));
    }
  }

  private @Nullable PublishRequest next() {
    PublishRequest next;
    List<Promise<Void>> entered = List.of();
    synchronized (this) {
      if (window.isEmpty() && !behind.isEmpty()) {
        Waiting only = behind.remove(); // memory is scarce: one after the other
        behindBytes -= only.size();
        held.give(only.size());
        enter(only.request());
        entered = List.of(only.taken());
      }
      next = window.poll();
      if (next == null) {
        delivering = false;
        return null;
      }
      windowBytes -= next.data().length();
      Waiting first = behind.peek();
      while (first != null && hasPlace(first.request())) {
        behind.remove();
        behindBytes -= first.size();
        held.give(first.size());
        enter(first.request());
        entered = new ArrayList<>(entered);
        entered.add(first.taken());
        first = behind.peek();
      }
    }
    entered.forEach(Promise::complete);
    return next;
  }

  @Override
  public Future<Void> cancel() {
    onCancel.accept(this);
    Deque<Waiting> dropped;
    synchronized (this) {
      cancelled = true;
      window.clear();
      windowBytes = 0;
      dropped = new ArrayDeque<>(behind);
      behind.clear();
      behindBytes = 0;
      held.close();
    }
    for (Waiting waiting : dropped) {
      waiting.taken().complete(); // as if it had been published a moment later
    }
    Promise<Void> last = Promise.promise();
    context.runOnContext(now -> last.complete()); // behind a hand-over that had begun
    return last.future();
  }
}
