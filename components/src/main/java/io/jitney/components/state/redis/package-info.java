/**
 * {@code state.redis}: values as hashes (or RedisJSON documents) that daprd reads and writes alike.
 * Start at {@link io.jitney.components.state.redis.RedisStateStore}. Calls run and complete on the
 * caller's event loop.
 */
@NullMarked
package io.jitney.components.state.redis;

import org.jspecify.annotations.NullMarked;
