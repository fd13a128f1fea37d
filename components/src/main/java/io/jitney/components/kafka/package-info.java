/**
 * Kafka for every component kind that needs it: settings, producers shared by all openings with
 * equal settings ({@link io.jitney.components.kafka.ProducerPool}), and consumers, which are their
 * opening's own ({@link io.jitney.components.kafka.GroupConsumer}).
 *
 * <p>Threads: the client's calls block, so none is made on an event loop. Sending happens on
 * virtual threads, polling on one platform thread per consumer; handlers are called on the
 * opening's event loop.
 */
@NullMarked
package io.jitney.components.kafka;

import org.jspecify.annotations.NullMarked;
