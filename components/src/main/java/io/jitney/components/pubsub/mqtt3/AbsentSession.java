package io.jitney.components.pubsub.mqtt3;

import io.jitney.components.mqtt.MqttAddress;
import io.jitney.components.mqtt.MqttSession;
import io.jitney.components.spi.ComponentLog;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The session of an app that is away, made at the broker by connecting with its name for a moment:
 * from then on the broker collects messages for it. What it has collected before comes at once and
 * is not acknowledged, so it stays there.
 */
final class AbsentSession {
  private static final long LOOK_MILLIS = 500;

  private AbsentSession() {}

  /** Whether messages waited in it. A client that is connected with the name is thrown out. */
  static Future<Boolean> make(
      ContextInternal context, MqttAddress address, ComponentLog log, String filter, int qos) {
    AtomicBoolean waited = new AtomicBoolean();
    MqttSession session =
        new MqttSession(
            context,
            address,
            log,
            message -> {
              if (message.qosLevel().value() > 0 && !message.isRetain()) {
                waited.set(true);
              }
            });
    return session
        .open()
        .compose(connected -> session.subscribe(filter, qos))
        .compose(subscribed -> context.owner().timer(LOOK_MILLIS, TimeUnit.MILLISECONDS).mapEmpty())
        .eventually(session::close)
        .map(done -> waited.get());
  }
}
