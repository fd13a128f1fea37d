/**
 * Physical clients shared by all tenants of the node: equal key, shared; different secret, never
 * shared.
 *
 * <p>Start at {@link io.jitney.components.pool.SharedPools}.
 */
@NullMarked
package io.jitney.components.pool;

import org.jspecify.annotations.NullMarked;
