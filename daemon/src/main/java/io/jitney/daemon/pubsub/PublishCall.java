package io.jitney.daemon.pubsub;

import io.jitney.components.spi.CallContext;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.telemetry.Trace;
import org.jspecify.annotations.Nullable;

/**
 * One call of the publish API: who publishes, where to, until when.
 *
 * @param pubSub the broker as this instance sees it
 * @param topic as the app names it
 * @param codes of the API that it came by
 * @param trace what events say about the call's trace; {@link Trace#NONE} and null: nothing
 */
record PublishCall(
    AppInstance instance,
    OpenPubSub pubSub,
    String topic,
    PublishCodes codes,
    CallContext context,
    @Nullable Trace trace) {

  /** W3C trace context for the event; "" when there is none. */
  String traceparent() {
    Trace known = trace;
    return known == null || known.equals(Trace.NONE) ? "" : known.traceparent();
  }

  String tracestate() {
    Trace known = trace;
    return known == null || known.equals(Trace.NONE) ? "" : known.tracestate();
  }

  PublishCall with(@Nullable Trace other) {
    return new PublishCall(instance, pubSub, topic, codes, context, other);
  }
}
