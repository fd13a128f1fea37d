/**
 * MQTT 3.1.1 for every component kind that needs it. Start at {@link
 * io.jitney.components.mqtt.MqttSession}. A session has its client id to itself, so nothing is
 * shared; it costs a socket on an event loop and no thread.
 */
@NullMarked
package io.jitney.components.mqtt;

import org.jspecify.annotations.NullMarked;
