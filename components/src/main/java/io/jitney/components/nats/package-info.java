/**
 * NATS for every component kind that needs it: one connection for all openings with equal settings.
 * Start at {@link io.jitney.components.nats.NatsLink}.
 *
 * <p>Threads: the client's own few per connection; what blocks is called on virtual threads.
 */
@NullMarked
package io.jitney.components.nats;

import org.jspecify.annotations.NullMarked;
