/**
 * daprd's command line: the table of its flags ({@link io.jitney.daemon.flags.FlagTable}), how they
 * are read ({@link io.jitney.daemon.flags.FlagParser}, the rules of Go's pflag), and what comes out
 * for an instance ({@link io.jitney.daemon.flags.SettingsOfFlags}). Nothing here reads this
 * process's own environment: arguments, environment and folder are the launcher's.
 *
 * <p>Threads: everything is immutable or confined to its caller.
 */
@NullMarked
package io.jitney.daemon.flags;

import org.jspecify.annotations.NullMarked;
