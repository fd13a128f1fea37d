/**
 * {@code bindings.rabbitmq}: one queue, declared as daprd does. Start at {@link
 * io.jitney.components.bindings.rabbitmq.RabbitInput} and {@link
 * io.jitney.components.bindings.rabbitmq.RabbitOutput}; connections are those of {@code
 * io.jitney.components.rabbitmq}.
 */
@NullMarked
package io.jitney.components.bindings.rabbitmq;

import org.jspecify.annotations.NullMarked;
