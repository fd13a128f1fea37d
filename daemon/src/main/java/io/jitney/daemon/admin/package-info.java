/**
 * What can be seen of the daemon from outside: {@link io.jitney.daemon.admin.NodeStatus} looks,
 * {@link io.jitney.daemon.admin.AdminServer} serves health and metrics on a port and threads of its
 * own, {@link io.jitney.daemon.admin.CommandRequests} answers the command line over the control
 * socket.
 *
 * <p>Nothing here runs on an event loop or waits for one longer than a moment.
 */
@NullMarked
package io.jitney.daemon.admin;

import org.jspecify.annotations.NullMarked;
