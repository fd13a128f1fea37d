package io.jitney.components.bindings.mqtt3;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.mqtt.MqttSession;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.UnsettledBytes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code bindings.mqtt3} as input: a session of its own, which the broker keeps between two
 * readings. A message is acknowledged when the app took it; one that it did not take is left to the
 * next connection. Books are kept on the session's event loop.
 */
public final class MqttInput implements InputBinding {
  private static final long RETRY_SECONDS = 5;

  /** Messages without acknowledgement that are handled at one time; further ones are dropped. */
  private static final int UNACKNOWLEDGED = 1_024;

  private final MqttSettings settings;
  private final ContextInternal context;
  private final ComponentLog log;
  private volatile @Nullable Session reading;

  private MqttInput(MqttSettings settings, ComponentOpening opening) {
    this.settings = settings;
    context = opening.node().nearLoop();
    log = opening.log();
  }

  /** The factory. Connects when it is read, as daprd does. */
  public static Future<InputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    try {
      return Future.succeededFuture(
          new MqttInput(MqttSettings.of(spec.metadata(), opening.log()), opening));
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<Reading> read(Flow flow, EventHandler handler) {
    log.info("Subscribing to topic " + settings.topic() + " (qos: " + MqttSettings.QOS + ")");
    Session fresh = new Session(flow, handler);
    reading = fresh;
    fresh.begin();
    return Future.succeededFuture(fresh);
  }

  @Override
  public Future<Void> close() {
    Session open = reading;
    return open == null ? Future.succeededFuture() : open.cancel();
  }

  private final class Session implements Reading {
    private final UnsettledBytes held;
    private final EventHandler handler;
    private final MqttSession session =
        new MqttSession(context, settings.reader(), log, this::take);
    private int withoutAcknowledgement;
    private volatile boolean cancelled;

    Session(Flow flow, EventHandler handler) {
      held = new UnsettledBytes(flow);
      this.handler = handler;
    }

    void begin() {
      session.openAndGoOn(settings.topic(), MqttSettings.QOS);
    }

    private void take(MqttPublishMessage message) {
      boolean acknowledged = message.qosLevel().value() > 0;
      if (cancelled) {
        return;
      }
      if (!acknowledged && withoutAcknowledgement >= UNACKNOWLEDGED) {
        log.warn("Too many messages are being handled: " + name(message) + " (qos: 0) is dropped");
        return;
      }
      withoutAcknowledgement += acknowledged ? 0 : 1;
      long bytes = message.payload().length();
      held.take(bytes);
      attempt(message, 0)
          .onComplete(
              done -> {
                held.give(bytes);
                withoutAcknowledgement -= acknowledged ? 0 : 1;
                if (done.failed()) {
                  log.error(
                      "Failed processing MQTT message: "
                          + name(message)
                          + ": "
                          + done.cause().getMessage());
                } else if (acknowledged && !cancelled) {
                  message.ack();
                }
              });
    }

    private Future<Void> attempt(MqttPublishMessage message, long failures) {
      Promise<Void> handled = context.promise();
      try {
        handler
            .handle(new BindingEvent(message.payload(), Map.of("topic", message.topicName()), null))
            .<Void>mapEmpty()
            .onComplete(handled);
      } catch (RuntimeException e) {
        handled.tryFail(e);
      }
      return handled
          .future()
          .onSuccess(
              done -> {
                if (failures > 0) {
                  log.info(
                      "Successfully processed MQTT message after it previously failed: "
                          + name(message));
                }
              })
          .recover(
              failure -> {
                boolean again = settings.retries() < 0 || failures < settings.retries();
                if (!again || cancelled) {
                  return Future.failedFuture(failure);
                }
                log.error("Error processing MQTT message: " + name(message) + ". Retrying...");
                return context
                    .timer(RETRY_SECONDS, TimeUnit.SECONDS)
                    .compose(
                        due ->
                            cancelled
                                ? Future.failedFuture(failure)
                                : attempt(message, failures + 1));
              });
    }

    private static String name(MqttPublishMessage message) {
      return message.topicName() + "/" + message.messageId();
    }

    @Override
    public Future<Void> cancel() {
      cancelled = true;
      held.close();
      return session.close();
    }
  }
}
