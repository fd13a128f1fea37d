/**
 * The pub/sub SPI. Start at {@link io.jitney.components.pubsub.PubSub}.
 *
 * <p>An object is opened for one app instance and one Component resource: what makes a consumer
 * (group, queue, client id, handlers) is its own, and only producers and connections come from the
 * node's pools. There is no queue between broker and app: a message whose handler has not answered
 * yet occupies one place of that subscription's own window, and who has no place left does not
 * fetch.
 */
@NullMarked
package io.jitney.components.pubsub;

import org.jspecify.annotations.NullMarked;
