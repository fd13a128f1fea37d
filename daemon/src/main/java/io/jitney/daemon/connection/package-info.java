/**
 * Client connections: who may have one, and what becomes of clients that are slow, silent or
 * hostile.
 *
 * <p>Start at {@link io.jitney.daemon.connection.Door}, which every listener has: it lets a
 * connection in or refuses it before anything else is spent on it. Each one that is let in has a
 * {@link io.jitney.daemon.connection.ConnectionGuard} at the front of its pipeline, which sees all
 * its bytes and is looked at twice a second by the {@link io.jitney.daemon.connection.LoopSweep} of
 * its event loop: no timer belongs to a request or a connection.
 *
 * <p>Threads: doors are asked on the acceptor's thread; a guard lives on its connection's loop.
 */
@NullMarked
package io.jitney.daemon.connection;

import org.jspecify.annotations.NullMarked;
