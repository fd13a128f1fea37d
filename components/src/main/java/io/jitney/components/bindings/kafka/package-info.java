/**
 * {@code bindings.kafka}. Start at {@link io.jitney.components.bindings.kafka.KafkaInput} and
 * {@link io.jitney.components.bindings.kafka.KafkaOutput}; what they are made of is in {@code
 * io.jitney.components.kafka}.
 */
@NullMarked
package io.jitney.components.bindings.kafka;

import org.jspecify.annotations.NullMarked;
