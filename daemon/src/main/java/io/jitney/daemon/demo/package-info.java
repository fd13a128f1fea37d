/**
 * {@code jitney demo}: a daemon, two real apps and then many, shown on a terminal. Start at {@link
 * io.jitney.daemon.demo.Demo}; {@link io.jitney.daemon.demo.DemoProcesses} starts and cleans up.
 *
 * <p>Threads: the process's main thread.
 */
@NullMarked
package io.jitney.daemon.demo;

import org.jspecify.annotations.NullMarked;
