package io.jitney.components.pubsub.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.rabbitmq.RabbitErrors;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.spi.ComponentException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the queue of an app that is away, and looks whether messages wait in it. A queue that stays
 * without a consumer is only asked for its length. One that the broker deletes with its last
 * consumer ({@code deletedWhenUnused}, the default) needs one: it has a window of one message,
 * which is held without an answer and goes back to the queue's head at the end.
 *
 * <p>Whatever blocks happens in {@link #tasks}.
 */
final class QueueKeeper {
  /** The broker closes channels that hold a message for longer than half an hour. */
  private static final long LONGEST_HOLD = Duration.ofMinutes(10).toNanos();

  private final RabbitLink link;
  private final RabbitSettings settings;
  private final Topology topology;
  private final SerialTasks tasks = new SerialTasks("jitney-rabbitmq-keep");
  private volatile boolean holding;
  private volatile long heldSince;

  // The tasks' own.
  private @Nullable Channel channel;
  private boolean ended;

  QueueKeeper(RabbitLink link, RabbitSettings settings, SubscribeRequest request) {
    this.link = link;
    this.settings = settings;
    topology = new Topology(settings, request);
  }

  /** Whether messages wait; declares queue and consumer where they are missing. */
  Future<Boolean> waits() {
    Promise<Boolean> answer = Promise.promise();
    tasks.add(
        () -> {
          try {
            answer.complete(look());
          } catch (IOException | TimeoutException | RuntimeException e) {
            abandon();
            answer.fail(
                new ComponentException.Failed(RabbitErrors.describe(e, settings.address())));
          }
        });
    return answer.future();
  }

  private boolean look() throws IOException, TimeoutException {
    if (ended) {
      return false;
    }
    Channel open = channel;
    if (holding && System.nanoTime() - heldSince > LONGEST_HOLD) {
      abandon(); // back to the queue, and taken again
      open = null;
    }
    if (open == null || !open.isOpen()) {
      holding = false;
      open = link.channel();
      channel = open;
      topology.declare(open);
      if (settings.deleteUnused()) {
        open.basicQos(1);
        open.basicConsume(topology.queue(), false, new Holding(open));
      }
    }
    return holding || open.messageCount(topology.queue()) > 0;
  }

  /** Takes one message and says nothing about it. */
  private final class Holding extends DefaultConsumer {
    Holding(Channel own) {
      super(own);
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, BasicProperties properties, byte[] body) {
      heldSince = System.nanoTime();
      holding = true;
    }

    @Override
    public void handleCancel(String tag) { // the queue was deleted
      tasks.add(QueueKeeper.this::abandon);
    }
  }

  private void abandon() {
    Channel old = channel;
    channel = null;
    holding = false;
    if (old != null) {
      try {
        old.abort();
      } catch (IOException | RuntimeException closedAlready) {
        // nothing is held there any more
      }
    }
  }

  /** Done when what was held is in the queue again. */
  Future<Void> end() {
    Promise<Void> done = Promise.promise();
    tasks.add(
        () -> {
          ended = true;
          abandon();
          done.complete();
        });
    return done.future();
  }
}
