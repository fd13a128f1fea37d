/**
 * {@code bindings.mqtt3}. Start at {@link io.jitney.components.bindings.mqtt3.MqttInput} and {@link
 * io.jitney.components.bindings.mqtt3.MqttOutput}; sessions are those of {@code
 * io.jitney.components.mqtt}.
 */
@NullMarked
package io.jitney.components.bindings.mqtt3;

import org.jspecify.annotations.NullMarked;
