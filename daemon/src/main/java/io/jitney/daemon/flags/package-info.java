/**
 * daprd's command line and environment, parsed into {@link io.jitney.daemon.flags.SidecarFlags}.
 */
@NullMarked
package io.jitney.daemon.flags;

import org.jspecify.annotations.NullMarked;
