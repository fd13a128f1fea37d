/**
 * The load test: drives a Jitney daemon, private daemons or any daprd from outside, and reports.
 *
 * <p>It knows only the wire: nothing here depends on the daemon's classes, so that what it shows of
 * one daprd it can show of any other. Start at {@link io.jitney.loadtest.Main}; {@code cli} reads
 * the command line, {@code scenario} the scenarios, {@code run} plays them with what {@code
 * process} starts, {@code worker} is the generator of load in a process of its own, {@code report}
 * writes what came out. The method is told in {@code daemon/docs/adr/0011-load-test.md}.
 */
@NullMarked
package io.jitney.loadtest;

import org.jspecify.annotations.NullMarked;
