package io.jitney.components.bindings.mqtt3;

import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.mqtt.MqttProducer;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.vertx.core.Future;
import java.util.List;

/** {@code bindings.mqtt3} as output. The client is shared by openings with equal settings. */
public final class MqttOutput implements OutputBinding {
  private static final List<String> OPERATIONS = List.of("create");

  private final MqttSettings settings;
  private final SharedPools.Lease<MqttProducer> lease;

  private MqttOutput(MqttSettings settings, SharedPools.Lease<MqttProducer> lease) {
    this.settings = settings;
    this.lease = lease;
  }

  /** The factory. Connects with the first message, as daprd does. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    try {
      MqttSettings settings = MqttSettings.of(spec.metadata(), opening.log());
      return Future.succeededFuture(
          new MqttOutput(settings, MqttProducer.borrow(opening.node(), settings.writer())));
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    String topic = request.metadata().getOrDefault("topic", "");
    return lease
        .client()
        .publish(
            context,
            topic.isEmpty() ? settings.topic() : topic,
            request.data(),
            MqttSettings.QOS,
            settings.retain())
        .map(published -> BindingResponse.NONE);
  }

  @Override
  public Future<Void> close() {
    return lease.release();
  }
}
