/**
 * When requests are due. Times come from the plan alone and never from when an earlier answer came:
 * that is what makes a load open, and its latencies free of coordinated omission.
 *
 * <p>{@link io.jitney.loadtest.schedule.ArrivalTimes} is the arithmetic, {@link
 * io.jitney.loadtest.schedule.Pacer} the thread that waits.
 */
@NullMarked
package io.jitney.loadtest.schedule;

import org.jspecify.annotations.NullMarked;
