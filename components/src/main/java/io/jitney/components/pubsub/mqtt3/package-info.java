/**
 * {@code pubsub.mqtt3}: one session per app instance and component. Start at {@link
 * io.jitney.components.pubsub.mqtt3.MqttPubSub}.
 */
@NullMarked
package io.jitney.components.pubsub.mqtt3;

import org.jspecify.annotations.NullMarked;
