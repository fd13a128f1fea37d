/**
 * The arithmetic of results: fairness, spread, distributions, time to return to normal.
 *
 * <p>Pure functions and single-threaded accumulators.
 */
@NullMarked
package io.jitney.loadtest.stats;

import org.jspecify.annotations.NullMarked;
