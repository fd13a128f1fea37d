package io.jitney.components.pubsub.rabbitmq;

import com.rabbitmq.client.Channel;
import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.rabbitmq.RabbitErrors;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes for one opening, on a channel of its own; one message after the other is written, and
 * confirmations come when they come. A message that could not be written is tried twice more.
 * Thread-safe.
 */
final class RabbitPublisher {
  private static final int ATTEMPTS = 3;
  private static final int WAITING = 4_096;
  private static final long PAUSE_MILLIS = 2_000;

  /** A message on its way. */
  private record Sending(PublishRequest request, CallContext context, Promise<Void> promise) {}

  private final VertxInternal vertx;
  private final RabbitLink link;
  private final RabbitSettings settings;
  private final ComponentLog log;
  private final SerialTasks tasks = new SerialTasks("jitney-rabbitmq-publish");
  private final AtomicInteger waiting = new AtomicInteger();

  // The task thread's own.
  private final Set<String> declared = new HashSet<>();
  private @Nullable Channel channel;

  /** Messages of the current channel whose confirmation is due, by number. */
  private volatile NavigableMap<Long, Promise<Void>> unconfirmed = new ConcurrentSkipListMap<>();

  RabbitPublisher(VertxInternal vertx, RabbitLink link, RabbitSettings settings, ComponentLog log) {
    this.vertx = vertx;
    this.link = link;
    this.settings = settings;
    this.log = log;
  }

  Future<Void> publish(CallContext context, PublishRequest request) {
    if (waiting.incrementAndGet() > WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          new ComponentException.Overloaded("rabbitmq: too many messages wait to be published"));
    }
    ContextInternal caller = vertx.getOrCreateContext();
    Promise<Void> promise = caller.promise();
    Sending sending = new Sending(request, context, promise);
    tasks.add(() -> attempt(sending, 1));
    return promise
        .future()
        .timeout(context.remainingMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> waiting.decrementAndGet())
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ComponentException
                        ? failure
                        : new ComponentException.Failed("context deadline exceeded")));
  }

  private void attempt(Sending sending, int attempt) {
    if (sending.promise().future().isComplete()
        || System.nanoTime() - sending.context().deadlineNanos() >= 0) {
      return; // nobody waits for it
    }
    try {
      write(sending);
    } catch (IOException | TimeoutException | RuntimeException e) {
      boolean lost = channel == null || !channel.isOpen();
      discard();
      String problem =
          e instanceof ComponentException
              ? String.valueOf(e.getMessage())
              : RabbitErrors.describe(e, settings.address());
      if (attempt >= ATTEMPTS) {
        log.error("rabbitmq pub/sub: publishing failed: " + problem);
        sending.promise().tryFail(new ComponentException.Failed(problem));
        return;
      }
      log.warn(
          "rabbitmq pub/sub: publishing attempt ("
              + attempt
              + "/"
              + ATTEMPTS
              + ") failed: "
              + problem);
      long pause = lost ? settings.reconnectPause().toMillis() : PAUSE_MILLIS;
      if (pause >= sending.context().remainingMillis()) {
        sending.promise().tryFail(new ComponentException.Failed(problem));
        return;
      }
      vertx.setTimer(pause, due -> tasks.add(() -> attempt(sending, attempt + 1)));
    }
  }

  private void write(Sending sending) throws IOException, TimeoutException {
    PublishRequest request = sending.request();
    Channel open = open();
    if (!declared.contains(request.topic())) {
      Topology.exchange(open, settings, request.topic());
      declared.add(request.topic());
    }
    if (settings.confirms()) {
      unconfirmed.put(open.getNextPublishSeqNo(), sending.promise());
    }
    open.basicPublish(
        request.topic(),
        request.metadata().getOrDefault("routingKey", ""),
        RabbitMessages.properties(settings, request.metadata(), log),
        request.data().getBytes());
    if (!settings.confirms()) {
      sending.promise().tryComplete();
    }
  }

  private Channel open() throws IOException, TimeoutException {
    Channel known = channel;
    if (known != null && known.isOpen()) {
      return known;
    }
    discard();
    Channel fresh = link.channel();
    channel = fresh;
    if (settings.confirms()) {
      NavigableMap<Long, Promise<Void>> own = new ConcurrentSkipListMap<>();
      unconfirmed = own;
      fresh.addConfirmListener(
          (number, multiple) -> confirmed(own, number, multiple, true),
          (number, multiple) -> confirmed(own, number, multiple, false));
      fresh.addShutdownListener(
          cause -> {
            String problem = RabbitErrors.describe(cause, settings.address());
            own.values().forEach(one -> one.tryFail(new ComponentException.Failed(problem)));
            own.clear();
          });
      fresh.confirmSelect();
    }
    return fresh;
  }

  /** A refusal is no failure of the call in daprd either; it is only told. */
  private void confirmed(
      NavigableMap<Long, Promise<Void>> own, long number, boolean multiple, boolean taken) {
    NavigableMap<Long, Promise<Void>> concerned =
        multiple ? own.headMap(number, true) : own.subMap(number, true, number, true);
    if (!taken) {
      log.error("rabbitmq pub/sub: publishing failed: did not receive confirmation of publishing");
    }
    concerned.values().forEach(Promise::tryComplete);
    concerned.clear();
  }

  private void discard() {
    Channel old = channel;
    channel = null;
    declared.clear();
    if (old != null) {
      try {
        old.abort();
      } catch (IOException | RuntimeException e) {
        log.debug("rabbitmq pub/sub: a channel did not close");
      }
    }
  }

  /** Done when what was handed over is written and the channel is closed. */
  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    tasks.add(
        () -> {
          discard();
          done.complete();
        });
    return done.future();
  }
}
