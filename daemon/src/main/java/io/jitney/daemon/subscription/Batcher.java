package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub.BulkMessageHandler;
import io.jitney.components.pubsub.PubSub.EntryOutcome;
import io.jitney.components.pubsub.PubSub.MessageHandler;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches for a component that has none: as many messages as wanted, or those of the time
 * since the first. No more wait than the component's window lets in, and there is a timer only
 * while one does.
 *
 * <p>Threads: any.
 */
final class Batcher implements MessageHandler {
  private static final int DEFAULT_MESSAGES = 100;
  private static final long DEFAULT_MILLIS = 1_000;
  private static final long NO_TIMER = -1;

  private record Waiting(Message message, Promise<Void> outcome) {}

  private final Vertx vertx;
  private final BulkMessageHandler handler;
  private final int most;
  private final long millis;

  // Guarded by this.
  private List<Waiting> batch = new ArrayList<>();
  private long timer = NO_TIMER;

  /**
   * @param maxMessages 0 or less: 100
   * @param maxAwaitMillis 0 or less: 1,000
   */
  Batcher(Vertx vertx, BulkMessageHandler handler, int maxMessages, long maxAwaitMillis) {
    this.vertx = vertx;
    this.handler = handler;
    this.most = maxMessages > 0 ? maxMessages : DEFAULT_MESSAGES;
    this.millis = maxAwaitMillis > 0 ? maxAwaitMillis : DEFAULT_MILLIS;
  }

  @Override
  public Future<Void> handle(Message message) {
    Waiting waiting = new Waiting(message, Promise.promise());
    List<Waiting> full = null;
    synchronized (this) {
      batch.add(waiting);
      if (batch.size() >= most) {
        full = take();
      } else if (timer == NO_TIMER) {
        timer = vertx.setTimer(millis, this::late);
      }
    }
    if (full != null) {
      send(full);
    }
    return waiting.outcome.future();
  }

  private void late(long which) {
    List<Waiting> some;
    synchronized (this) {
      some = timer == which ? take() : null;
    }
    if (some != null) {
      send(some);
    }
  }

  /** Hands over what waits: nothing more will come. */
  void flush() {
    List<Waiting> rest;
    synchronized (this) {
      rest = take();
    }
    if (!rest.isEmpty()) {
      send(rest);
    }
  }

  private List<Waiting> take() {
    if (timer != NO_TIMER) {
      vertx.cancelTimer(timer);
      timer = NO_TIMER;
    }
    List<Waiting> taken = batch;
    batch = new ArrayList<>();
    return taken;
  }

  private void send(List<Waiting> some) {
    handler
        .handle(some.stream().map(Waiting::message).toList())
        .onComplete(done -> tell(some, done));
  }

  private static void tell(List<Waiting> some, AsyncResult<List<EntryOutcome>> done) {
    for (int i = 0; i < some.size(); i++) {
      Promise<Void> outcome = some.get(i).outcome;
      EntryOutcome of = done.succeeded() ? done.result().get(i) : failed(done.cause());
      switch (of) {
        case EntryOutcome.Done ok -> outcome.complete();
        case EntryOutcome.Failed(String message) -> outcome.fail(new DeliveryException(message));
      }
    }
  }

  private static EntryOutcome failed(@Nullable Throwable cause) {
    return new EntryOutcome.Failed(cause == null ? "failed" : String.valueOf(cause.getMessage()));
  }
}
