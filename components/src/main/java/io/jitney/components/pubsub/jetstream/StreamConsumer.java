package io.jitney.components.pubsub.jetstream;

import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One push consumer. The server forgets one without a name when nobody listens for a while; so it
 * is looked for from time to time, and made again from where it was.
 *
 * <p>Threads: whatever blocks happens in {@link #tasks} and on the dispatcher's own virtual thread,
 * handlers and their books on the loop.
 */
final class StreamConsumer implements PubSub.Subscription {
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  /**
   * Messages that are taken and not answered yet; further ones wait at the server or its client.
   */
  private static final int WINDOW = 1_024;

  private static final long LOOK_MILLIS = 10_000;
  private static final int NOT_FOUND = 404;

  private final ContextInternal context;
  private final Connection connection;
  private final JetStreamOptions options;
  private final JetStreamSettings settings;
  private final String subject;
  private final PubSub.MessageHandler handler;
  private final ComponentLog log;
  private final SerialTasks tasks = new SerialTasks("jitney-jetstream");
  private final Semaphore window = new Semaphore(WINDOW);
  private volatile boolean cancelled;

  // The tasks' own.
  private @Nullable Dispatcher dispatcher;
  private String stream = "";
  private String name = "";

  // The loop's own.
  private final ArrayDeque<Runnable> inLine = new ArrayDeque<>();
  private final TreeSet<Long> unanswered = new TreeSet<>();
  private boolean busy;
  private long timer = -1;
  private volatile long resumeAt;

  StreamConsumer(
      ContextInternal context,
      Connection connection,
      JetStreamOptions options,
      JetStreamSettings settings,
      String subject,
      PubSub.MessageHandler handler,
      ComponentLog log) {
    this.context = context;
    this.connection = connection;
    this.options = options;
    this.settings = settings;
    this.subject = subject;
    this.handler = handler;
    this.log = log;
  }

  Future<Void> start() {
    Promise<Void> promise = Promise.promise();
    tasks.add(
        () -> {
          try {
            consume();
            context.runOnContext(go -> lookLater());
            promise.complete();
          } catch (IOException | JetStreamApiException | RuntimeException e) {
            cancelled = true;
            String message = String.valueOf(e.getMessage());
            promise.fail(
                new ComponentException.Failed(
                    message.startsWith("nats: ") ? message : "nats: " + message));
          }
        });
    return promise.future();
  }

  private void consume() throws IOException, JetStreamApiException {
    JetStreamManagement management = connection.jetStreamManagement(options);
    if (stream.isEmpty()) {
      stream = ServerConsumer.stream(management, settings, subject);
    }
    ConsumerInfo consumer = ServerConsumer.shared(management, settings, stream, subject);
    if (consumer == null) {
      consumer = management.addOrUpdateConsumer(stream, configuration());
    }
    name = consumer.getName();
    String inbox = String.valueOf(consumer.getConsumerConfiguration().getDeliverSubject());
    Dispatcher fresh = connection.createDispatcher(this::take);
    if (settings.group().isEmpty()) {
      fresh.subscribe(inbox);
    } else {
      fresh.subscribe(inbox, settings.group());
    }
    dispatcher = fresh;
  }

  private ConsumerConfiguration configuration() {
    ConsumerConfiguration wanted = settings.consumer(subject, connection.createInbox());
    if (resumeAt == 0 || !settings.durable().isEmpty()) {
      return wanted;
    }
    return ConsumerConfiguration.builder(wanted)
        .deliverPolicy(DeliverPolicy.ByStartSequence)
        .startTime(null)
        .startSequence(resumeAt)
        .build();
  }

  private void lookLater() {
    if (!cancelled) {
      timer = context.setTimer(LOOK_MILLIS, due -> tasks.add(this::look));
    }
  }

  private void look() {
    if (cancelled) {
      return;
    }
    try {
      if (connection.getStatus() == Connection.Status.CONNECTED) {
        connection.jetStreamManagement(options).getConsumerInfo(stream, name);
      }
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() == NOT_FOUND) {
        log.warn("nats: the consumer of topic " + subject + " is gone: making it again");
        again();
      }
    } catch (IOException | RuntimeException e) {
      log.debug("nats: the consumer of topic " + subject + " could not be looked for");
    }
    context.runOnContext(go -> lookLater());
  }

  private void again() {
    drop();
    try {
      consume();
    } catch (IOException | JetStreamApiException | RuntimeException e) {
      log.error("nats: topic " + subject + " could not be subscribed to: " + e.getMessage());
    }
  }

  private void drop() {
    Dispatcher old = dispatcher;
    dispatcher = null;
    if (old != null) {
      try {
        connection.closeDispatcher(old);
      } catch (RuntimeException e) {
        log.debug("nats: a subscription was closed already");
      }
    }
  }

  /** On the dispatcher's thread, which may wait. */
  private void take(io.nats.client.Message message) throws InterruptedException {
    if (message.isStatusMessage()) {
      if (message.getReplyTo() != null) { // flow control wants an answer
        connection.publish(message.getReplyTo(), null);
      }
      return;
    }
    if (!message.isJetStream()) {
      return;
    }
    window.acquire();
    long sequence = message.metaData().streamSequence();
    context.runOnContext(
        go -> {
          if (cancelled) {
            return;
          }
          unanswered.add(sequence);
          resumeAt = unanswered.first();
          if (settings.parallel()) {
            handle(message, sequence);
          } else {
            inLine.add(() -> handle(message, sequence));
            nextInLine();
          }
        });
  }

  private void nextInLine() {
    if (!busy && !cancelled && !inLine.isEmpty()) {
      busy = true;
      inLine.removeFirst().run();
    }
  }

  private void handle(io.nats.client.Message message, long sequence) {
    byte[] data = message.getData() == null ? new byte[0] : message.getData();
    Future<Void> handled;
    try {
      handled =
          handler.handle(
              new Message(
                  BufferInternal.buffer(Unpooled.wrappedBuffer(data)),
                  subject,
                  Map.of("Topic", message.getSubject())));
    } catch (RuntimeException e) {
      handled = Future.failedFuture(e);
    }
    Promise<Void> ended = context.promise();
    handled.onComplete(ended);
    ended
        .future()
        .onComplete(
            done -> {
              window.release();
              unanswered.remove(sequence);
              resumeAt = unanswered.isEmpty() ? sequence + 1 : unanswered.first();
              answer(message, sequence, done.failed() ? done.cause() : null);
              busy = false;
              context.runOnContext(go -> nextInLine());
            });
  }

  /**
   * What fails comes again at once, as with daprd; what fails again and again comes later and
   * later, so that a message that nobody can handle does not keep the node busy.
   *
   * @param deliveries of the message so far
   */
  static long pauseMillis(long deliveries) {
    return deliveries < 3 ? 0 : Math.min(10L << Math.min(deliveries - 3, 20), LONGEST_PAUSE_MILLIS);
  }

  private void answer(io.nats.client.Message message, long sequence, @Nullable Throwable failure) {
    if (failure != null) {
      log.error(
          "Error processing JetStream message "
              + message.getSubject()
              + "/"
              + sequence
              + ": "
              + failure.getMessage());
    }
    if (cancelled || settings.acknowledge() == AckPolicy.None) {
      return;
    }
    tasks.add(
        () -> {
          try {
            if (failure == null) {
              message.ack();
            } else if (settings.ackWait().isPositive()) {
              message.nakWithDelay(settings.ackWait());
            } else {
              message.nakWithDelay(pauseMillis(message.metaData().deliveredCount()));
            }
          } catch (RuntimeException e) {
            log.error(
                "Error while sending ACK for JetStream message "
                    + message.getSubject()
                    + "/"
                    + sequence
                    + ": "
                    + e.getMessage());
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
          if (timer != -1) {
            context.owner().cancelTimer(timer);
          }
          window.release(WINDOW); // who waits for a place finds out that it is over
          tasks.add(
              () -> {
                drop();
                done.complete();
              });
        });
    return done.future();
  }
}
