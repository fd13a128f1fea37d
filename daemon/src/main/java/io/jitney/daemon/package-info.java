/**
 * The process: {@link io.jitney.daemon.Main} (argv to exit code) and {@link
 * io.jitney.daemon.Daemon} (the assembly, read it first).
 */
@NullMarked
package io.jitney.daemon;

import org.jspecify.annotations.NullMarked;
