/**
 * The control socket: how launchers ({@code daemon/bin/daprd}) and the command line ({@code jitney
 * apps, stop, logs, status}) reach the node's daemon. Start with {@link
 * io.jitney.daemon.control.ControlSocket} (the daemon's side), {@link
 * io.jitney.daemon.control.ControlHandler} (what it asks of the daemon) and {@link
 * io.jitney.daemon.control.ControlClient} (the commands' side). The launchers' side is C and Perl:
 * {@code src/main/c/launcher.c}, {@code src/main/perl/daprd.pl}.
 *
 * <p><b>Protocol.</b> A Unix stream socket, its path given by {@link
 * io.jitney.daemon.control.ControlPath}. Frames both ways: u32 big-endian length of what follows,
 * u8 type, payload; at most 4 MiB ({@link io.jitney.daemon.control.FrameReader#MAX_FRAME}).
 *
 * <ul>
 *   <li>To the daemon: {@code O} open a sidecar (NUL-terminated UTF-8 strings: protocol version
 *       {@code 1}, working directory, argument count, arguments without the program's name,
 *       environment count, entries {@code K=V}); {@code S} a signal by name ({@code TERM}, {@code
 *       INT}, {@code HUP}); {@code R} a request, a JSON object with {@code op}.
 *   <li>To the launcher: {@code L} bytes for stdout, {@code E} bytes for stderr, {@code J} a JSON
 *       answer, {@code X} one byte exit code, after which the daemon closes.
 * </ul>
 *
 * <p>A launcher that disappears (killed, or impatient after a second SIGTERM) is seen as the end of
 * its stream; a daemon that disappears is seen by the launcher in the same way.
 *
 * <p><b>Trust.</b> A launcher hands over its whole environment, secrets included. So the socket is
 * its owner's alone (mode 0600, in a folder that nobody else can write), each side checks the
 * other's user id with {@code SO_PEERCRED}, and nothing here logs or prints an environment.
 *
 * <p><b>Threads.</b> Two virtual threads per connection: one reads and calls the handler, one
 * writes from a bounded queue. No method of {@link io.jitney.daemon.control.LauncherSession}
 * blocks, so event loops may call them.
 */
@NullMarked
package io.jitney.daemon.control;

import org.jspecify.annotations.NullMarked;
