/**
 * The outbox: what is published of state transactions if, and only if, they take place. {@link
 * io.jitney.daemon.outbox.OutboxTransaction} publishes events to a topic of the daemon's own and
 * adds a marker for each to the transaction; {@link io.jitney.daemon.outbox.OutboxRelay} takes them
 * from there to where they belong, once their markers are found. Delivery is at least once.
 *
 * <p>Topic, events and markers are daprd's: its replicas and Jitney's of one app relay for each
 * other. Everything belongs to one app instance. Threads: any; nothing blocks.
 */
@NullMarked
package io.jitney.daemon.outbox;

import org.jspecify.annotations.NullMarked;
