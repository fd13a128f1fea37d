/**
 * Redis for every component kind that needs it: one connection per event loop and pool key, shared
 * by all tenants with equal settings. Start at {@link io.jitney.components.redis.RedisPool}; a call
 * is a {@link io.jitney.components.redis.RedisCall}.
 *
 * <p>Threads: everything of one loop happens on that loop, including connecting, TLS, reading and
 * writing; Lettuce has no threads here. A call made on a loop completes on it.
 */
@NullMarked
package io.jitney.components.redis;

import org.jspecify.annotations.NullMarked;
