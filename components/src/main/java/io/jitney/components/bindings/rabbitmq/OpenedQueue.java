package io.jitney.components.bindings.rabbitmq;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.rabbitmq.RabbitLink.Purpose;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.vertx.core.Future;

/**
 * A queue that was declared, over a connection that is shared by openings with equal settings,
 * unless the queue is exclusive.
 */
record OpenedQueue(QueueSettings settings, SharedPools.Lease<RabbitLink> lease) {
  /** Connects and declares it; what fails leaves nothing open. */
  static Future<OpenedQueue> open(ComponentSpec spec, ComponentOpening opening, Purpose purpose) {
    QueueSettings settings;
    try {
      settings = QueueSettings.of(spec.metadata());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    SharedPools.Lease<RabbitLink> lease =
        settings.exclusive()
            ? RabbitLink.own(opening.node(), settings.address())
            : RabbitLink.borrow(opening.node(), settings.address(), purpose);
    return settings
        .connect(lease.client(), opening)
        .map(connected -> new OpenedQueue(settings, lease))
        .recover(failure -> lease.release().transform(released -> Future.failedFuture(failure)));
  }
}
