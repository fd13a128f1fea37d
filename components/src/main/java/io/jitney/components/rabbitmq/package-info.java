/**
 * RabbitMQ for every component kind that needs it: connections shared by all openings with equal
 * settings ({@link io.jitney.components.rabbitmq.RabbitLink}). Channels are their opening's own: an
 * error closes the channel it happened on.
 *
 * <p>Threads: the client's calls block, so all of them are made on virtual threads.
 */
@NullMarked
package io.jitney.components.rabbitmq;

import org.jspecify.annotations.NullMarked;
