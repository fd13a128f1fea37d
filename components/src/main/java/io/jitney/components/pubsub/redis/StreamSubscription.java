package io.jitney.components.pubsub.redis;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.redis.KeyWatch;
import io.jitney.components.redis.RedisPool;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream that is read for one app: asks for new entries when the stream changed, holds at most
 * {@code queueDepth} of them and some megabytes, and hands over as many at a time as its component
 * has places. One event loop's.
 */
final class StreamSubscription implements PubSub.Subscription {
  /** Entries of this size together are read at once, and this much is held. */
  private static final long READ_BYTES = 1 << 20;

  private static final long HELD_BYTES = 4 << 20;

  /** So long a stream that changes all the time collects entries between two reads. */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** An idle stream is looked at that often although nobody said that it changed. */
  private static final long GLANCE_MILLIS = 5_000;

  private static final long POLL_MILLIS = 2;
  private static final long LONGEST_POLL_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final long PATIENCE_MILLIS = 15_000;

  private final ContextInternal context;
  private final RedisPool redis;
  private final StreamSettings settings;
  private final StreamCommands commands;
  private final Workers workers;
  private final Flow flow;
  private final String topic;
  private final PubSub.MessageHandler handler;
  private final ComponentLog log;
  private final Acknowledgements acknowledgements;
  private final PendingClaims claims;
  private final KeyWatch.Watched watched;

  /** Read and not handed over yet, by id. */
  private final Map<String, StreamEntry> held = new LinkedHashMap<>();

  private long heldBytes;

  /** Of those that were handed over and are not finished; they count for the flow, too. */
  private long handledBytes;

  private int handling;
  private boolean reading;
  private boolean changed = true;
  private boolean told;
  private boolean glancing;
  private boolean wanted;
  private boolean started;
  private boolean cancelled;
  private double entryBytes = 1_024;
  private int failures;
  private int emptyPolls;
  private long lastReadNanos;
  private long timer = -1;

  /** The component's parts that every subscription uses. */
  record Parts(
      ContextInternal context,
      RedisPool redis,
      StreamSettings settings,
      StreamCommands commands,
      Workers workers,
      ComponentLog log) {}

  StreamSubscription(Parts parts, Flow flow, String topic, PubSub.MessageHandler handler) {
    context = parts.context();
    redis = parts.redis();
    settings = parts.settings();
    commands = parts.commands();
    workers = parts.workers();
    log = parts.log();
    this.flow = flow;
    this.topic = topic;
    this.handler = handler;
    acknowledgements = new Acknowledgements(context, redis, commands, flow, topic, log);
    claims = new PendingClaims(context, redis, settings, commands, topic, this);
    watched = redis.watch().watch(topic, () -> context.runOnContext(go -> changed()));
  }

  CallContext call() {
    return new CallContext(
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS), null, flow);
  }

  ComponentLog log() {
    return log;
  }

  boolean isCancelled() {
    return cancelled;
  }

  void start() {
    started = true;
    next();
    claims.start();
  }

  private void changed() {
    changed = true;
    told = true;
    if (!reading) {
      readAfterGathering();
    }
  }

  private void readAfterGathering() {
    long since = System.nanoTime() - lastReadNanos;
    if (since >= GATHER_NANOS) {
      next();
    } else {
      later(1);
    }
  }

  /** Entries that may still be read. */
  int room() {
    boolean busy = handling > 0 || !held.isEmpty();
    if (cancelled || heldBytes >= HELD_BYTES || (busy && !flow.mayHoldMore())) {
      return 0;
    }
    return settings.queueDepth() - held.size();
  }

  /** Reads, unless enough is held: under load many at a time, and not one by one. */
  private void next() {
    if (reading || cancelled || !started) {
      return;
    }
    wanted = room() < Math.max(1, settings.queueDepth() / 2);
    if (wanted) {
      return;
    }
    reading = true;
    cancelTimer();
    if (changed) {
      watched
          .arm()
          .onComplete(
              armed -> context.runOnContext(go -> read(Boolean.TRUE.equals(armed.result()))));
    } else {
      read(true);
    }
  }

  private void read(boolean watching) {
    if (cancelled) {
      reading = false;
      return;
    }
    changed = !watching;
    lastReadNanos = System.nanoTime();
    int count = Math.clamp((long) (READ_BYTES / Math.max(entryBytes, 1)), 1, Math.max(room(), 1));
    redis
        .call(call(), commands.read(topic, count))
        .onComplete(
            reply -> {
              reading = false;
              if (reply.succeeded()) {
                read(reply.result(), count, watching);
              } else {
                failed(reply.cause());
              }
            });
  }

  private void read(StreamEntries.Read read, int count, boolean watching) {
    failures = 0;
    List<StreamEntry> entries = read.entries();
    if (glancing && !told && !entries.isEmpty()) {
      watched.suspect();
      changed = true;
    }
    told = false;
    glancing = false;
    emptyPolls = entries.isEmpty() ? emptyPolls + 1 : 0;
    add(read);
    if (entries.size() >= count) {
      next();
    } else if (changed && watching) {
      readAfterGathering();
    } else if (watching) {
      glancing = true;
      later(GLANCE_MILLIS);
    } else {
      later(Math.min(POLL_MILLIS << Math.min(emptyPolls, 10), LONGEST_POLL_MILLIS));
    }
  }

  /** Takes what was read or claimed. */
  void add(StreamEntries.Read read) {
    if (cancelled || read.entries().isEmpty()) {
      return;
    }
    double each = (double) read.bytes() / read.entries().size();
    entryBytes += (each - entryBytes) / (each > entryBytes ? 1 : 8);
    for (StreamEntry entry : read.entries()) {
      if (held.put(entry.id(), entry) == null) {
        heldBytes += entry.bytes();
        flow.holds(entry.bytes());
      }
    }
    deliver();
  }

  boolean holds(String id) {
    return held.containsKey(id);
  }

  private void failed(Throwable failure) {
    if (cancelled) {
      return;
    }
    String message = String.valueOf(failure.getMessage());
    changed = true;
    if (message.startsWith("NOGROUP")) {
      createGroup().onComplete(done -> pauseAfterFailure());
    } else {
      log.error("redis streams: error reading from stream " + topic + ": " + message);
      pauseAfterFailure();
    }
  }

  private void pauseAfterFailure() {
    failures++;
    later(Math.min(5L << Math.min(failures, 12), LONGEST_PAUSE_MILLIS));
  }

  /** Sees to it that the group is there; who made it does not matter. */
  Future<Void> createGroup() {
    return redis
        .call(call(), commands.createGroup(topic))
        .transform(
            reply ->
                reply.succeeded() || isThere(reply.cause())
                    ? Future.succeededFuture()
                    : Future.failedFuture(reply.cause()));
  }

  static boolean isThere(Throwable refusal) {
    return "BUSYGROUP Consumer Group name already exists".equals(refusal.getMessage());
  }

  private void later(long millis) {
    cancelTimer();
    if (!cancelled) {
      timer =
          context.setTimer(
              Math.max(millis, 1),
              due -> {
                timer = -1;
                next();
              });
    }
  }

  private void cancelTimer() {
    if (timer != -1) {
      context.owner().cancelTimer(timer);
      timer = -1;
    }
  }

  /** Hands over what is held while there are places. */
  void deliver() {
    while (!cancelled && !held.isEmpty() && workers.take(this)) {
      Iterator<StreamEntry> first = held.values().iterator();
      StreamEntry entry = first.next();
      first.remove();
      heldBytes -= entry.bytes();
      handledBytes += entry.bytes();
      handle(entry);
    }
    if (wanted) {
      next();
    }
  }

  private void handle(StreamEntry entry) {
    handling++;
    long begin = System.nanoTime();
    Message message = new Message(entry.data(), topic, entry.metadata(), null, entry.hasMetadata());
    Future<Void> handled;
    try {
      handled = handler.handle(message);
    } catch (RuntimeException e) {
      handled = Future.failedFuture(e);
    }
    Promise<Void> ended = context.promise();
    handled.onComplete(ended);
    ended.future().onComplete(done -> handled(entry, begin, done.cause()));
  }

  /**
   * A failure is acknowledged too: what was to be done about it has been done. Not so when its time
   * was over, or the subscription: then somebody else gets it.
   */
  private void handled(StreamEntry entry, long begin, @Nullable Throwable failure) {
    boolean over =
        cancelled
            || (settings.redelivers()
                && System.nanoTime() - begin >= settings.processingTimeout().toNanos());
    if (failure != null) {
      log.error("Error processing Redis message " + entry.id() + ": " + failure.getMessage());
    }
    if (failure == null || !over) {
      acknowledgements.add(entry.id());
    }
    if (!cancelled) {
      handling--;
      handledBytes -= entry.bytes();
      flow.holds(-entry.bytes());
      workers.giveBack(1);
      deliver();
    }
  }

  @Override
  public Future<Void> cancel() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        go -> {
          if (!cancelled) {
            cancelled = true;
            cancelTimer();
            claims.stop();
            watched.end();
            held.clear();
            flow.holds(-heldBytes - handledBytes);
            heldBytes = 0;
            handledBytes = 0;
            workers.giveBack(handling);
          }
          done.complete();
        });
    return done.future();
  }

  /** Done when the server knows what was handled. */
  Future<Void> drain() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(go -> acknowledgements.drain().onComplete(done));
    return done.future();
  }
}
