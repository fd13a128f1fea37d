/**
 * Plays scenarios: one class for each kind, all by {@link io.jitney.loadtest.run.Session}, which
 * lets workers begin together and watches.
 *
 * <p>Start at {@link io.jitney.loadtest.run.Play}. The main thread does all of it; results are
 * records that the report is made from.
 */
@NullMarked
package io.jitney.loadtest.run;

import org.jspecify.annotations.NullMarked;
