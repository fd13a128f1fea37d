package io.jitney.components.rabbitmq;

import com.rabbitmq.client.Channel;
import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes for one opening, on a channel of its own; one message after the other is written, and
 * confirmations come when they come. Thread-safe.
 */
public final class ChannelWriter {
  private static final int WAITING = 4_096;
  private static final long PAUSE_MILLIS = 2_000;

  /**
   * How to publish.
   *
   * @param address for messages
   * @param confirms whether a message counts as published when the broker says so
   * @param attempts how often a message that could not be written is tried, at least 1
   * @param reconnectPause between two attempts when the channel was lost
   * @param subject what log lines start with
   */
  public record Settings(
      RabbitAddress address,
      boolean confirms,
      int attempts,
      Duration reconnectPause,
      String subject) {}

  /** Done first on every fresh channel, on the writer's thread. Blocks. */
  @FunctionalInterface
  public interface Setup {
    void on(Channel channel) throws IOException;
  }

  /** A message; called on the writer's thread, one after the other. Blocks. */
  @FunctionalInterface
  public interface Message {
    /** Declares what is missing for it. */
    default void prepare(Channel channel) throws IOException {}

    void publish(Channel channel) throws IOException;
  }

  /** A message on its way. */
  private record Sending(Message message, CallContext context, Promise<Void> promise) {}

  private final VertxInternal vertx;
  private final RabbitLink link;
  private final Settings settings;
  private final Setup setup;
  private final ComponentLog log;
  private final SerialTasks tasks = new SerialTasks("jitney-rabbitmq-publish");
  private final AtomicInteger waiting = new AtomicInteger();

  // The task thread's own.
  private @Nullable Channel channel;

  /** Messages of the current channel whose confirmation is due, by number. */
  private volatile NavigableMap<Long, Promise<Void>> unconfirmed = new ConcurrentSkipListMap<>();

  public ChannelWriter(
      VertxInternal vertx, RabbitLink link, Settings settings, Setup setup, ComponentLog log) {
    this.vertx = vertx;
    this.link = link;
    this.settings = settings;
    this.setup = setup;
    this.log = log;
  }

  /** Done when it is written, or confirmed. */
  public Future<Void> publish(CallContext context, Message message) {
    if (waiting.incrementAndGet() > WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          new ComponentException.Overloaded("rabbitmq: too many messages wait to be published"));
    }
    ContextInternal caller = vertx.getOrCreateContext();
    Promise<Void> promise = caller.promise();
    Sending sending = new Sending(message, context, promise);
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
      if (attempt >= settings.attempts()) {
        log.error(settings.subject() + ": publishing failed: " + problem);
        sending.promise().tryFail(new ComponentException.Failed(problem));
        return;
      }
      log.warn(
          settings.subject()
              + ": publishing attempt ("
              + attempt
              + "/"
              + settings.attempts()
              + ") failed: "
              + problem);
      long pause = lost ? settings.reconnectPause().toMillis() : PAUSE_MILLIS;
      if (pause >= sending.context().remainingMillis()) {
        sending.promise().tryFail(new ComponentException.Failed(problem));
        return;
      }
      vertx.setTimer(Math.max(pause, 1), due -> tasks.add(() -> attempt(sending, attempt + 1)));
    }
  }

  private void write(Sending sending) throws IOException, TimeoutException {
    Channel open = open();
    sending.message().prepare(open);
    if (settings.confirms()) {
      unconfirmed.put(open.getNextPublishSeqNo(), sending.promise());
    }
    sending.message().publish(open);
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
    setup.on(fresh);
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
      log.error(
          settings.subject() + ": publishing failed: did not receive confirmation of publishing");
    }
    concerned.values().forEach(Promise::tryComplete);
    concerned.clear();
  }

  private void discard() {
    Channel old = channel;
    channel = null;
    if (old != null) {
      try {
        old.abort();
      } catch (IOException | RuntimeException e) {
        log.debug(settings.subject() + ": a channel did not close");
      }
    }
  }

  /** Done when what was handed over is written and the channel is closed. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    tasks.add(
        () -> {
          discard();
          done.complete();
        });
    return done.future();
  }
}
