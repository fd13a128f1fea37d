package io.jitney.components.pubsub;

import java.util.Map;

/**
 * What is subscribed to.
 *
 * @param topic the broker's topic or pattern, complete
 * @param metadata the subscription's; unmodifiable
 */
public record SubscribeRequest(String topic, Map<String, String> metadata) {}
