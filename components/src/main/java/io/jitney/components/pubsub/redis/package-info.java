/**
 * {@code pubsub.redis}: Redis Streams as daprd lays them out, so that daprd and Jitney share a
 * stream and a consumer group. Start at {@link io.jitney.components.pubsub.redis.RedisPubSub}.
 *
 * <p>Nothing here blocks a connection: a subscription reads when {@link
 * io.jitney.components.redis.KeyWatch} says that its stream changed (ADR 0012).
 *
 * <p>Threads: everything of one component happens on one event loop.
 */
@NullMarked
package io.jitney.components.pubsub.redis;

import org.jspecify.annotations.NullMarked;
