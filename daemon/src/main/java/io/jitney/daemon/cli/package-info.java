/**
 * The jitney command line. {@link io.jitney.daemon.cli.Commands} dispatches: the long-running
 * {@code daemon} and {@code daprd} start without the command line's library, everything else is a
 * picocli command of {@link io.jitney.daemon.cli.Cli}, which talks to the daemon over its control
 * socket.
 *
 * <p>Threads: the process's main thread.
 */
@NullMarked
package io.jitney.daemon.cli;

import org.jspecify.annotations.NullMarked;
