/**
 * Scenarios as data: records, and their reader, which tells all that is wrong with a file at once.
 *
 * <p>Start at {@link io.jitney.loadtest.scenario.ScenarioReader}; the fields are described in
 * {@code loadtest/scenarios/README.md}. Immutable, any thread.
 */
@NullMarked
package io.jitney.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
