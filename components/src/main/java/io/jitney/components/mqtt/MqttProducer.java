package io.jitney.components.mqtt;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client that only publishes, for all openings with equal settings: they have one client id,
 * and the broker would end the connection of one for each of another. Connects with the first
 * message, and from then on by itself. Thread-safe.
 */
public final class MqttProducer implements SharedPools.Client {
  private static final int WAITING = 4_096;
  private static final long PATIENCE_MILLIS = 10_000;
  private static final int ATTEMPTS = 4;
  private static final long PAUSE_MILLIS = 200;

  /** It is nobody's alone: who publishes is told what went wrong. */
  private static final ComponentLog SILENT =
      new ComponentLog() {
        @Override
        public void debug(String message) {}

        @Override
        public void info(String message) {}

        @Override
        public void warn(String message) {}

        @Override
        public void error(String message) {}
      };

  private final ContextInternal context;
  private final MqttAddress address;

  // The loop's.
  private @Nullable MqttSession session;
  private @Nullable Future<MqttSession> opening;
  private int waiting;
  private boolean closed;
  private volatile boolean connected;

  private MqttProducer(NodeResources node, MqttAddress address) {
    context = node.nearLoop();
    this.address = address;
  }

  /** Borrows the client for this address; does not connect. */
  public static SharedPools.Lease<MqttProducer> borrow(NodeResources node, MqttAddress address) {
    Map<String, String> key = new HashMap<>(address.tls().identity());
    key.put("uri", address.uri().toString());
    key.put("client", address.clientId());
    key.put("clean", Boolean.toString(address.cleanSession()));
    return node.pools()
        .borrow(
            new PoolKey("mqtt.producer", key),
            MqttProducer.class,
            () -> new MqttProducer(node, address));
  }

  /** Done when the broker has it, as far as the quality of service says so. */
  public Future<Void> publish(
      CallContext call, String topic, Buffer data, int qos, boolean retain) {
    Promise<Void> promise = Promise.promise();
    context.runOnContext(
        go -> {
          if (waiting >= WAITING) {
            promise.fail(
                new ComponentException.Overloaded("mqtt: too many messages wait to be published"));
            return;
          }
          waiting++;
          session()
              .compose(open -> attempt(call, open, topic, data, qos, retain, 1))
              .onComplete(done -> waiting--)
              .onComplete(promise);
        });
    return promise.future();
  }

  private Future<MqttSession> session() {
    MqttSession open = session;
    if (open != null) {
      return Future.succeededFuture(open);
    }
    if (closed) {
      return Future.failedFuture(new ComponentException.Failed("mqtt client closed"));
    }
    Future<MqttSession> begun = opening;
    if (begun == null) {
      MqttSession fresh = new MqttSession(context, address, SILENT, message -> {});
      begun =
          fresh
              .open()
              .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
              .map(fresh)
              .recover(failure -> notOpened(fresh, failure))
              .onComplete(done -> opened(done.succeeded() ? fresh : null));
      opening = begun;
    }
    return begun;
  }

  private void opened(@Nullable MqttSession fresh) {
    opening = null;
    if (fresh != null && closed) {
      fresh.close();
      return;
    }
    session = fresh;
    connected = fresh != null;
  }

  private static Future<MqttSession> notOpened(MqttSession fresh, Throwable failure) {
    String problem =
        failure instanceof ComponentException
            ? String.valueOf(failure.getMessage())
            : "mqtt client timed out connecting";
    return fresh
        .close()
        .transform(
            gone ->
                Future.failedFuture(
                    new ComponentException.Failed(
                        "failed to create producer connection: failed to connect: " + problem)));
  }

  private Future<Void> attempt(
      CallContext call,
      MqttSession open,
      String topic,
      Buffer data,
      int qos,
      boolean retain,
      int attempt) {
    return open.publish(topic, data, qos, retain)
        .timeout(Math.min(call.remainingMillis(), PATIENCE_MILLIS), TimeUnit.MILLISECONDS)
        .recover(
            failure -> {
              if (attempt < ATTEMPTS && call.remainingMillis() > PAUSE_MILLIS && !closed) {
                return context
                    .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                    .compose(due -> attempt(call, open, topic, data, qos, retain, attempt + 1));
              }
              return Future.failedFuture(
                  new ComponentException.Failed(
                      "failed to publish: "
                          + (failure instanceof ComponentException
                              ? failure.getMessage()
                              : "mqtt client timeout")));
            });
  }

  @Override
  public int connections() {
    return connected ? 1 : 0;
  }

  @Override
  public Future<Void> close() {
    Promise<Void> promise = Promise.promise();
    context.runOnContext(
        go -> {
          closed = true;
          connected = false;
          MqttSession open = session;
          session = null;
          (open == null ? Future.<Void>succeededFuture() : open.close()).onComplete(promise);
        });
    return promise.future();
  }
}
