package io.jitney.components.bindings.kafka;

import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.kafka.KafkaSettings;
import io.jitney.components.kafka.ProducerPool;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;

/**
 * {@code bindings.kafka} as output: what it is given goes to {@code publishTopic}, the request's
 * metadata as headers. The producer is shared by openings with equal settings.
 */
public final class KafkaOutput implements OutputBinding {
  private static final List<String> OPERATIONS = List.of("create");

  private final SharedPools.Lease<ProducerPool> lease;
  private final KafkaSettings settings;
  private final String topic;

  private KafkaOutput(SharedPools.Lease<ProducerPool> lease, KafkaSettings settings, String topic) {
    this.lease = lease;
    this.settings = settings;
    this.topic = topic;
  }

  /** The factory. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    KafkaSettings settings;
    try {
      settings = KafkaSettings.of(spec.metadata(), false, opening.log());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    return ProducerPool.open(opening.node(), settings, spec.metadata())
        .<OutputBinding>map(
            lease ->
                new KafkaOutput(
                    lease,
                    settings,
                    Objects.requireNonNullElse(spec.metadata().exact("publishTopic"), "")));
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    if (topic.isEmpty()) {
      return Future.failedFuture(
          new ComponentException.Failed(
              "kafka server: The request attempted to perform an operation on an invalid topic"));
    }
    return lease
        .client()
        .send(context, settings, topic, request.data(), request.metadata())
        .map(sent -> BindingResponse.NONE);
  }

  @Override
  public Future<Void> close() {
    return lease.release();
  }
}
