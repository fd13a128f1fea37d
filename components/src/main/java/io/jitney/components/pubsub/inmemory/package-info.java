/**
 * {@code pubsub.in-memory}: a bus of one component object, gone when it closes. Start at {@link
 * io.jitney.components.pubsub.inmemory.InMemoryPubSub}. Any thread may publish; each subscription
 * delivers on an event loop of its own choice, one message at a time.
 */
@NullMarked
package io.jitney.components.pubsub.inmemory;

import org.jspecify.annotations.NullMarked;
