/**
 * Attacks that no HTTP client can be made to do: raw connections on the worker's event loop.
 *
 * <p>Start at {@link io.jitney.loadtest.attack.Attacks}. Everything is bounded: by the count of
 * connections that are open at once, and by what a connection takes before it is full.
 */
@NullMarked
package io.jitney.loadtest.attack;

import org.jspecify.annotations.NullMarked;
