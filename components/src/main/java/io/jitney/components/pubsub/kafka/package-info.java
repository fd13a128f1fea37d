/**
 * {@code pubsub.kafka}. Start at {@link io.jitney.components.pubsub.kafka.KafkaPubSub}; what it is
 * made of is in {@code io.jitney.components.kafka}.
 */
@NullMarked
package io.jitney.components.pubsub.kafka;

import org.jspecify.annotations.NullMarked;
