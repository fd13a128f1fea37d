package io.jitney.components.pubsub.redis;

import io.jitney.components.redis.RedisPool;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes over entries that some consumer of the group was given and has not acknowledged in time: at
 * start and at every interval, until there is none left or no room for more. One event loop's.
 */
final class PendingClaims {
  private final ContextInternal context;
  private final RedisPool redis;
  private final StreamSettings settings;
  private final StreamCommands commands;
  private final String topic;
  private final StreamSubscription subscription;
  private boolean running;
  private long timer = -1;

  PendingClaims(
      ContextInternal context,
      RedisPool redis,
      StreamSettings settings,
      StreamCommands commands,
      String topic,
      StreamSubscription subscription) {
    this.context = context;
    this.redis = redis;
    this.settings = settings;
    this.commands = commands;
    this.topic = topic;
    this.subscription = subscription;
  }

  void start() {
    if (settings.redelivers()) {
      run();
      tick();
    }
  }

  private void tick() {
    timer =
        context.setTimer(
            Math.max(settings.redeliverInterval().toMillis(), 1),
            due -> {
              run();
              tick();
            });
  }

  void stop() {
    if (timer != -1) {
      context.owner().cancelTimer(timer);
      timer = -1;
    }
  }

  private void run() {
    if (!running) {
      running = true;
      round()
          .onComplete(
              done -> {
                running = false;
                String problem = done.failed() ? String.valueOf(done.cause().getMessage()) : "";
                if (done.failed()
                    && !subscription.isCancelled()
                    && !problem.startsWith("NOGROUP")) { // the next read makes it again
                  subscription.log().error(problem);
                }
              });
    }
  }

  private Future<Void> round() {
    if (subscription.room() <= 0) {
      return Future.succeededFuture();
    }
    return redis
        .call(subscription.call(), commands.pending(topic))
        .recover(failure -> failed("error retrieving pending Redis messages: ", failure))
        .compose(this::claim);
  }

  private static <T> Future<T> failed(String what, Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return Future.failedFuture(message.startsWith("NOGROUP") ? message : what + message);
  }

  private Future<Void> claim(List<PendingEntries.Pending> pending) {
    long idle = settings.processingTimeout().toMillis();
    List<String> ids = new ArrayList<>();
    int room = subscription.room();
    for (PendingEntries.Pending entry : pending) {
      if (entry.idleMillis() >= idle && ids.size() < room && !subscription.holds(entry.id())) {
        ids.add(entry.id());
      }
    }
    if (ids.isEmpty() || subscription.isCancelled()) {
      return Future.succeededFuture();
    }
    return redis
        .call(subscription.call(), commands.claim(topic, idle, ids))
        .recover(failure -> failed("error claiming pending Redis messages: ", failure))
        .compose(
            claimed -> {
              subscription.add(claimed);
              return claimed.missing() == 0
                  ? round()
                  : missing(ids, claimed).compose(ok -> round());
            });
  }

  /** Servers before Redis 7 leave entries pending that were deleted from the stream. */
  private Future<Void> missing(List<String> ids, StreamEntries.Read claimed) {
    Set<String> left = new HashSet<>(ids);
    claimed.entries().forEach(entry -> left.remove(entry.id()));
    Future<Void> each = Future.succeededFuture();
    for (String id : left) {
      each = each.compose(ok -> claimOrDrop(id));
    }
    return each;
  }

  private Future<Void> claimOrDrop(String id) {
    return redis
        .call(subscription.call(), commands.claim(topic, 0, List.of(id)))
        .compose(
            claimed -> {
              subscription.add(claimed);
              return claimed.entries().isEmpty()
                  ? redis
                      .call(subscription.call(), commands.acknowledge(topic, List.of(id)))
                      .mapEmpty()
                  : Future.succeededFuture();
            });
  }
}
