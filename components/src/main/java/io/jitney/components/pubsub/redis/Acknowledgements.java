package io.jitney.components.pubsub.redis;

import io.jitney.components.redis.RedisFailure;
import io.jitney.components.redis.RedisPool;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges the entries of one subscription: those of one turn of the loop together, again when
 * the server could not be reached. What is never acknowledged is delivered again. One event loop's.
 */
final class Acknowledgements {
  private static final int MOST_AT_ONCE = 128;
  private static final int ATTEMPTS = 8;
  private static final long PATIENCE_MILLIS = 10_000;
  private static final long FIRST_PAUSE_MILLIS = 50;

  private final ContextInternal context;
  private final RedisPool redis;
  private final StreamCommands commands;
  private final Flow flow;
  private final String topic;
  private final ComponentLog log;
  private List<String> due = new ArrayList<>();
  private boolean scheduled;
  private int underWay;
  private @Nullable Promise<Void> drained;

  Acknowledgements(
      ContextInternal context,
      RedisPool redis,
      StreamCommands commands,
      Flow flow,
      String topic,
      ComponentLog log) {
    this.context = context;
    this.redis = redis;
    this.commands = commands;
    this.flow = flow;
    this.topic = topic;
    this.log = log;
  }

  void add(String id) {
    due.add(id);
    if (!scheduled) {
      scheduled = true;
      context.runOnContext(go -> flush());
    }
  }

  private void flush() {
    scheduled = false;
    List<String> all = due;
    due = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
      underWay++;
      send(List.copyOf(all.subList(from, Math.min(from + MOST_AT_ONCE, all.size()))), 1);
    }
  }

  private void send(List<String> ids, int attempt) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    redis
        .call(new CallContext(deadline, null, flow), commands.acknowledge(topic, ids))
        .onComplete(
            reply -> {
              if (reply.failed() && attempt < ATTEMPTS && !isFinal(reply.cause())) {
                context.setTimer(FIRST_PAUSE_MILLIS << attempt, again -> send(ids, attempt + 1));
                return;
              }
              if (reply.failed()) {
                log.error(
                    "Error acknowledging Redis message "
                        + String.join(", ", ids)
                        + ": "
                        + reply.cause().getMessage());
              }
              underWay--;
              drained();
            });
  }

  private static boolean isFinal(Throwable failure) {
    return failure instanceof RedisFailure answer && answer.isAnswer();
  }

  private void drained() {
    Promise<Void> promise = drained;
    if (promise != null && underWay == 0 && due.isEmpty()) {
      promise.tryComplete();
    }
  }

  /** Done when the server has been told all there is to tell, or could not be. */
  Future<Void> drain() {
    if (underWay == 0 && due.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = drained == null ? Promise.promise() : drained;
    drained = promise;
    return promise.future();
  }
}
