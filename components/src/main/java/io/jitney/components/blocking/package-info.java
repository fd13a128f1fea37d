/**
 * For clients whose calls block: {@link io.jitney.components.blocking.SerialTasks} runs them beside
 * the event loops, in order.
 */
@NullMarked
package io.jitney.components.blocking;

import org.jspecify.annotations.NullMarked;
