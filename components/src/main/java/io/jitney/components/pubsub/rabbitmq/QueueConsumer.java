package io.jitney.components.pubsub.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.rabbitmq.RabbitErrors;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Consumes one queue on a channel of its own, and declares everything again when that is lost. The
 * broker hands over no more than the window without an acknowledgement.
 *
 * <p>Threads: whatever blocks happens in {@link #tasks}, handlers and their books on the loop.
 */
final class QueueConsumer implements PubSub.Subscription {
  /** The window where the settings have none; daprd then takes whatever comes. */
  private static final int WINDOW = 512;

  private static final int TAG_BYTES = 255;

  private final ContextInternal context;
  private final RabbitLink link;
  private final RabbitSettings settings;
  private final SubscribeRequest request;
  private final Topology topology;
  private final PubSub.MessageHandler handler;
  private final ComponentLog log;
  private final SerialTasks tasks = new SerialTasks("jitney-rabbitmq-consume");

  /** Messages that wait for the one before, where they are handled one by one. The loop's. */
  private final ArrayDeque<Runnable> inLine = new ArrayDeque<>();

  private boolean busy;
  private volatile boolean cancelled;
  private @Nullable Channel channel;

  QueueConsumer(
      ContextInternal context,
      RabbitLink link,
      RabbitSettings settings,
      SubscribeRequest request,
      PubSub.MessageHandler handler,
      ComponentLog log) {
    this.context = context;
    this.link = link;
    this.settings = settings;
    this.request = request;
    this.handler = handler;
    this.log = log;
    topology = new Topology(settings, request);
  }

  /** Done when the broker has taken it; fails if it does not. */
  Future<Void> start() {
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

  private void told(String problem) {
    log.error("rabbitmq pub/sub: error in subscriber for " + topology.queue() + ": " + problem);
  }

  private void consume() throws IOException, TimeoutException {
    Channel fresh = link.channel();
    channel = fresh;
    topology.declare(fresh);
    if (!settings.autoAck()) {
      fresh.basicQos(settings.prefetch() > 0 ? settings.prefetch() : WINDOW);
    }
    fresh.basicConsume(
        topology.queue(), settings.autoAck(), tag(), false, false, null, new Deliveries(fresh));
  }

  private String tag() {
    byte[] tag = (topology.queue() + "-" + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    int from = Math.max(tag.length - TAG_BYTES, 0);
    return new String(tag, from, tag.length - from, StandardCharsets.UTF_8);
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
      Message message = RabbitMessages.message(settings, request.topic(), properties, body);
      long delivery = envelope.getDeliveryTag();
      context.runOnContext(go -> take(own, delivery, message));
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
          "rabbitmq pub/sub: subscriber is reconnecting in "
              + settings.reconnectPause().toSeconds()
              + "s ...");
      again(which);
    }
  }

  private void again(@Nullable Channel which) {
    context
        .owner()
        .setTimer(
            Math.max(settings.reconnectPause().toMillis(), 1),
            due -> tasks.add(() -> retry(which)));
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
        log.debug("rabbitmq pub/sub: a channel did not close");
      }
    }
  }

  private void take(Channel from, long delivery, Message message) {
    if (cancelled) {
      return;
    }
    if (settings.parallel()) {
      handle(from, delivery, message);
    } else {
      inLine.add(() -> handle(from, delivery, message));
      nextInLine();
    }
  }

  private void nextInLine() {
    if (!busy && !cancelled && !inLine.isEmpty()) {
      busy = true;
      inLine.removeFirst().run();
    }
  }

  private void handle(Channel from, long delivery, Message message) {
    Future<Void> handled;
    try {
      handled = handler.handle(message);
    } catch (RuntimeException e) {
      handled = Future.failedFuture(e);
    }
    Promise<Void> ended = context.promise();
    handled.onComplete(ended);
    ended
        .future()
        .onComplete(
            done -> {
              answer(from, delivery, done.failed() ? done.cause() : null);
              busy = false;
              context.runOnContext(go -> nextInLine());
            });
  }

  private void answer(Channel from, long delivery, @Nullable Throwable failure) {
    if (failure != null) {
      log.error(
          "rabbitmq pub/sub error: handling message from topic '"
              + request.topic()
              + "', "
              + failure.getMessage());
    }
    if (settings.autoAck() || cancelled) {
      return;
    }
    tasks.add(
        () -> {
          try {
            if (failure == null) {
              from.basicAck(delivery, false);
            } else {
              from.basicNack(delivery, false, settings.requeue());
            }
          } catch (IOException | RuntimeException e) {
            log.error(
                "rabbitmq pub/sub: error acking message from topic '"
                    + request.topic()
                    + "', "
                    + RabbitErrors.describe(e, settings.address()));
          }
        });
  }

  @Override
  public Future<Void> cancel() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        go -> {
          cancelled = true;
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
