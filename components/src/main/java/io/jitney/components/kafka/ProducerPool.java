package io.jitney.components.kafka;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GatedCall;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One producer for all openings with equal settings; it connects when the first message comes. Its
 * client blocks where metadata are missing or its buffer is full, so sending happens on virtual
 * threads, behind a gate that flows pass by turns. Thread-safe.
 */
public final class ProducerPool implements SharedPools.Client {
  private static final int AT_ONCE = 1_024;
  private static final int WAITING = 8_192;
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final VertxInternal vertx;
  private final KafkaSettings settings;
  private final CallGate gate;
  private @Nullable KafkaProducer<byte[], byte[]> producer;
  private boolean closed;

  private ProducerPool(NodeResources node, KafkaSettings settings) {
    vertx = (VertxInternal) node.vertx();
    this.settings = settings;
    gate =
        node.gates()
            .open(
                CallGates.Settings.fixed(
                    "kafka " + settings.brokers(), AT_ONCE, WAITING / 4, WAITING));
  }

  /** Borrows the producer for these settings; fails where no broker can be reached with them. */
  public static Future<SharedPools.Lease<ProducerPool>> open(
      NodeResources node, KafkaSettings settings, Metadata metadata) {
    SharedPools.Lease<ProducerPool> lease =
        node.pools()
            .borrow(
                settings.producerKey(metadata),
                ProducerPool.class,
                () -> new ProducerPool(node, settings));
    return BrokerProbe.reach(node, settings)
        .map(reached -> lease)
        .recover(failure -> lease.release().transform(released -> Future.failedFuture(failure)));
  }

  /**
   * Hands a message to the brokers; done when as many have it as the settings ask for.
   *
   * @param metadata become headers; some choose the partition
   */
  public Future<Void> send(
      CallContext context,
      KafkaSettings sender,
      String topic,
      Buffer data,
      Map<String, String> metadata) {
    ProducerRecord<byte[], byte[]> record;
    try {
      SchemaType.check(metadata);
      record = sender.records().record(topic, data, metadata);
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    } catch (IllegalArgumentException e) {
      return terminal("kafka error: " + e.getMessage());
    }
    Promise<Void> promise = vertx.getOrCreateContext().promise();
    gate.enter(context, 0, new Sending(record, promise));
    return promise
        .future()
        .timeout(context.remainingMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                failure instanceof ComponentException
                    ? Future.failedFuture(failure)
                    : failed("context deadline exceeded"));
  }

  private static Future<Void> terminal(String message) {
    return Future.failedFuture(ComponentException.Failed.terminal(message));
  }

  private static Future<Void> failed(String message) {
    return Future.failedFuture(new ComponentException.Failed(message));
  }

  private final class Sending extends GatedCall {
    private final ProducerRecord<byte[], byte[]> record;
    private final Promise<Void> promise;

    Sending(ProducerRecord<byte[], byte[]> record, Promise<Void> promise) {
      this.record = record;
      this.promise = promise;
    }

    @Override
    protected void start() {
      Thread.ofVirtual().name("jitney-kafka-send").start(this::run);
    }

    private void run() {
      long begin = System.nanoTime();
      try {
        var _ = producer().send(record, (sent, failure) -> ended(begin, failure));
      } catch (RuntimeException e) {
        ended(begin, e);
      }
    }

    private void ended(long begin, @Nullable Exception failure) {
      gate.done(this, System.nanoTime() - begin, CallGate.Outcome.UNKNOWN);
      if (failure == null) {
        promise.tryComplete();
      } else {
        promise.tryFail(new ComponentException.Failed(text(failure)));
      }
    }

    @Override
    protected void refused(Refusal why) {
      promise.tryFail(
          switch (why) {
            case QUEUE_FULL ->
                new ComponentException.Overloaded("kafka: too many messages wait to be sent");
            case DEADLINE -> new ComponentException.Failed("context deadline exceeded");
            case CLOSED -> ComponentException.Failed.terminal("component is closed");
          });
    }
  }

  /** What a failure of the client says: the innermost cause, which never holds settings. */
  static String text(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return "kafka: " + (message == null ? cause.getClass().getSimpleName() : message);
  }

  private synchronized KafkaProducer<byte[], byte[]> producer() {
    KafkaProducer<byte[], byte[]> known = producer;
    if (closed) {
      throw new IllegalStateException("component is closed");
    }
    if (known == null) {
      known = new KafkaProducer<>(settings.producerConfig());
      producer = known;
    }
    return known;
  }

  /** The client opens one to each broker it talks to, and does not say how many are open. */
  @Override
  public synchronized int connections() {
    return producer == null ? 0 : settings.brokers().split(",", -1).length;
  }

  @Override
  public Future<Void> close() {
    gate.close();
    KafkaProducer<byte[], byte[]> open;
    synchronized (this) {
      closed = true;
      open = producer;
      producer = null;
    }
    if (open == null) {
      return Future.succeededFuture();
    }
    return ((Vertx) vertx)
        .executeBlocking(
            () -> {
              open.close(CLOSING);
              return true;
            },
            false)
        .mapEmpty();
  }
}
