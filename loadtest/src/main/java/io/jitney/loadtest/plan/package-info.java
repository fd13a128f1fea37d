/**
 * What the program and its worker processes tell each other, as JSON: plans one way, counts and
 * histograms the other.
 *
 * <p>Immutable records; times are seconds after the common start, which is a moment of the system's
 * monotonic clock ({@link System#nanoTime}, on Linux the same for all processes).
 */
@NullMarked
package io.jitney.loadtest.plan;

import org.jspecify.annotations.NullMarked;
