/**
 * A virtual sidecar: one daprd process as its user sees it, from arguments to exit code, without
 * being a process. Start at {@link io.jitney.daemon.sidecar.Sidecar}; {@link
 * io.jitney.daemon.sidecar.SidecarControl} runs one for each launcher of the control socket, the
 * private daemon runs a single one on its own standard output.
 *
 * <p>Threads: each sidecar has a virtual thread that handles its events one after the other, and
 * one more while it opens.
 */
@NullMarked
package io.jitney.daemon.sidecar;

import org.jspecify.annotations.NullMarked;
