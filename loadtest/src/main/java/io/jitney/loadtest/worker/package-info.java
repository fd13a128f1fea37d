/**
 * A process that makes load by a plan and writes down what came of it.
 *
 * <p>Its own process, so that victims are measured by a generator that no aggressor shares, and so
 * that each can have its core and priority. One event loop, and the thread of the pacer.
 */
@NullMarked
package io.jitney.loadtest.worker;

import org.jspecify.annotations.NullMarked;
