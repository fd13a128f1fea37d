package io.jitney.components.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.UnsettledBytes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Consumes one queue on a channel of its own, and declares everything again when that is lost.
 * Messages are acknowledged when they are handled, and given back when they could not be.
 *
 * <p>Threads: whatever blocks happens in {@link #tasks}, handlers and their books on the loop.
 */
public final class QueueConsumer {
  /** Messages without acknowledgement where the settings say nothing; daprd then takes all. */
  public static final int WINDOW = 512;

  /**
   * From then on a message waits before it goes back: the broker sends it again at once, and an app
   * that is down would be called as fast as it refuses.
   */
  private static final int PROMPT_FAILURES = 8;

  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  /**
   * How to consume.
   *
   * @param address for messages
   * @param queue its name
   * @param tag the consumer's name; "": the broker makes one
   * @param autoAck messages count as handled when they were sent
   * @param requeue a message that could not be handled comes again
   * @param parallel whether messages are handled beside each other
   * @param pause before a lost channel is opened again
   * @param subject what log lines start with
   * @param from where messages come from, for the log
   */
  public record Settings(
      RabbitAddress address,
      String queue,
      String tag,
      boolean autoAck,
      boolean requeue,
      boolean parallel,
      Duration pause,
      String subject,
      String from) {
    @Override
    public String toString() {
      return "QueueConsumer.Settings[" + queue + "]";
    }
  }

  /** Declares the queue and the window on a fresh channel. Blocks. */
  @FunctionalInterface
  public interface Setup {
    void on(Channel channel) throws IOException;
  }

  /** Handles a message, called on the loop. */
  @FunctionalInterface
  public interface Handler {
    /**
     * @param body not to be changed
     */
    Future<?> handle(BasicProperties properties, byte[] body);
  }

  /** A message that came. */
  private static final class Delivery {
    private static final long HEAD = 512;

    final Channel from;
    final long tag;
    final BasicProperties properties;
    final byte[] body;

    Delivery(Channel from, long tag, BasicProperties properties, byte[] body) {
      this.from = from;
      this.tag = tag;
      this.properties = properties;
      this.body = body;
    }

    long bytes() {
      return HEAD + body.length;
    }
  }

  private final ContextInternal context;
  private final UnsettledBytes held;
  private final RabbitLink link;
  private final Settings settings;
  private final Setup setup;
  private final Handler handler;
  private final ComponentLog log;
  private final SerialTasks tasks = new SerialTasks("jitney-rabbitmq-consume");

  /** Messages that wait for the one before, where they are handled one by one. The loop's. */
  private final ArrayDeque<Delivery> inLine = new ArrayDeque<>();

  private boolean busy;

  /** One after the other. The loop's. */
  private int failures;

  private volatile boolean cancelled;
  private @Nullable Channel channel;

  /**
   * @param context where messages are handled
   * @param flow on whose account they are held
   */
  public QueueConsumer(
      ContextInternal context,
      Flow flow,
      RabbitLink link,
      Settings settings,
      Setup setup,
      Handler handler,
      ComponentLog log) {
    this.context = context;
    held = new UnsettledBytes(flow);
    this.link = link;
    this.settings = settings;
    this.setup = setup;
    this.handler = handler;
    this.log = log;
  }

  /** Done when the broker has taken it; fails if it does not. */
  public Future<Void> start() {
    Promise<Void> promise = Promise.promise();
    tasks.add(
        () -> {
          try {
            consume();
            promise.complete();
          } catch (IOException | TimeoutException | RuntimeException e) {
            cancelled = true;
            abandon();
            String problem = RabbitErrors.describe(e, settings.address());
            told(problem);
            promise.fail(new ComponentException.Failed(problem));
          }
        });
    return promise.future();
  }

  /** Begins, now or as soon as the broker takes it. */
  public void startAndGoOn() {
    tasks.add(() -> retry(null));
  }

  private void told(String problem) {
    log.error(
        settings.subject() + ": error in subscriber for " + settings.queue() + ": " + problem);
  }

  private void consume() throws IOException, TimeoutException {
    Channel fresh = link.channel();
    channel = fresh;
    setup.on(fresh);
    fresh.basicConsume(
        settings.queue(),
        settings.autoAck(),
        settings.tag(),
        false,
        false,
        null,
        new Deliveries(fresh));
  }

  /** The client calls these on virtual threads, in order. */
  private final class Deliveries extends DefaultConsumer {
    private final Channel own;

    Deliveries(Channel own) {
      super(own);
      this.own = own;
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, BasicProperties properties, byte[] body) {
      Delivery delivery = new Delivery(own, envelope.getDeliveryTag(), properties, body);
      held.take(delivery.bytes());
      context.runOnContext(go -> take(delivery));
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException cause) {
      lost(own, RabbitErrors.describe(cause, settings.address()));
    }

    @Override
    public void handleCancel(String tag) { // the queue was deleted
      lost(own, "the broker cancelled the consumer");
    }
  }

  private void lost(Channel which, String problem) {
    if (!cancelled) {
      told(problem);
      log.warn(
          settings.subject()
              + ": subscriber is reconnecting in "
              + settings.pause().toSeconds()
              + "s ...");
      again(which);
    }
  }

  private void again(@Nullable Channel which) {
    context
        .owner()
        .setTimer(Math.max(settings.pause().toMillis(), 1), due -> tasks.add(() -> retry(which)));
  }

  private void retry(@Nullable Channel which) {
    if (cancelled || channel != which) {
      return;
    }
    abandon();
    try {
      consume();
    } catch (IOException | TimeoutException | RuntimeException e) {
      told(RabbitErrors.describe(e, settings.address()));
      abandon();
      again(null);
    }
  }

  private void abandon() {
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

  private void take(Delivery delivery) {
    if (cancelled) {
      return;
    }
    if (settings.parallel()) {
      handle(delivery);
    } else {
      inLine.add(delivery);
      nextInLine();
    }
  }

  private void nextInLine() {
    if (!busy && !cancelled && !inLine.isEmpty()) {
      busy = true;
      handle(inLine.removeFirst());
    }
  }

  private void handle(Delivery delivery) {
    Future<?> handled;
    try {
      handled = handler.handle(delivery.properties, delivery.body);
    } catch (RuntimeException e) {
      handled = Future.failedFuture(e);
    }
    Promise<Void> ended = context.promise();
    handled.<Void>mapEmpty().onComplete(ended);
    ended
        .future()
        .onComplete(
            done -> {
              held.give(delivery.bytes());
              answer(delivery.from, delivery.tag, done.failed() ? done.cause() : null);
              busy = false;
              context.runOnContext(go -> nextInLine());
            });
  }

  private void answer(Channel from, long delivery, @Nullable Throwable failure) {
    if (failure != null) {
      log.error(
          settings.subject()
              + " error: handling message from "
              + settings.from()
              + ", "
              + failure.getMessage());
    }
    if (settings.autoAck() || cancelled) {
      return;
    }
    failures = failure == null ? 0 : failures + 1;
    if (failure != null && settings.requeue() && failures > PROMPT_FAILURES) {
      int steps = Math.min(failures - PROMPT_FAILURES, 10);
      context.setTimer(
          Math.min(1L << steps, LONGEST_PAUSE_MILLIS), due -> settle(from, delivery, false));
    } else {
      settle(from, delivery, failure == null);
    }
  }

  private void settle(Channel from, long delivery, boolean handled) {
    if (cancelled) {
      return;
    }
    tasks.add(
        () -> {
          try {
            if (handled) {
              from.basicAck(delivery, false);
            } else {
              from.basicNack(delivery, false, settings.requeue());
            }
          } catch (IOException | RuntimeException e) {
            log.error(
                settings.subject()
                    + ": error acking message from "
                    + settings.from()
                    + ", "
                    + RabbitErrors.describe(e, settings.address()));
          }
        });
  }

  /** Ends it; what has no acknowledgement goes back to the queue. */
  public Future<Void> cancel() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        go -> {
          cancelled = true;
          held.close();
          inLine.clear();
          tasks.add(
              () -> { // after the acknowledgements; what has none goes back to the queue
                abandon();
                done.complete();
              });
        });
    return done.future();
  }
}
