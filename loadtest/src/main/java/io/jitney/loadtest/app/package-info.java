/**
 * The apps behind the sidecars, and the proxy that makes a store slow: a process of its own.
 *
 * <p>Start at {@link io.jitney.loadtest.app.AppProcess}. One event loop.
 */
@NullMarked
package io.jitney.loadtest.app;

import org.jspecify.annotations.NullMarked;
