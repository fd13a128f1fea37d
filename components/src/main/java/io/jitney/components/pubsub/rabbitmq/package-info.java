/**
 * {@code pubsub.rabbitmq}: exchanges and queues declared as daprd does. Start at {@link
 * io.jitney.components.pubsub.rabbitmq.RabbitPubSub}.
 */
@NullMarked
package io.jitney.components.pubsub.rabbitmq;

import org.jspecify.annotations.NullMarked;
