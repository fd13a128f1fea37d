/**
 * {@code pubsub.jetstream}: push consumers on streams that somebody else made. Start at {@link
 * io.jitney.components.pubsub.jetstream.JetStreamPubSub}.
 */
@NullMarked
package io.jitney.components.pubsub.jetstream;

import org.jspecify.annotations.NullMarked;
