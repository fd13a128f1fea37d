/**
 * {@code bindings.cron}: {@link io.jitney.components.bindings.cron.Schedule} reads what robfig's
 * cron library reads and says when it is due; {@link
 * io.jitney.components.bindings.cron.CronBinding} has one timer per due time, on the event loops.
 */
@NullMarked
package io.jitney.components.bindings.cron;

import org.jspecify.annotations.NullMarked;
