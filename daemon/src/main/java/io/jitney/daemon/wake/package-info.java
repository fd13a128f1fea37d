/**
 * Apps that scale to zero: while no instance of an app is there to hear it, its declared
 * subscriptions and clocked input bindings are kept alive, and whoever starts the app is called
 * when something waits for it.
 *
 * <p>Start at {@link io.jitney.daemon.wake.Sleeper}, one for each such app: {@link
 * io.jitney.daemon.wake.Handover} tells it when instances come and go, {@link
 * io.jitney.daemon.wake.Keeper} holds on to what the app listens to, {@link
 * io.jitney.daemon.wake.WakeTurns} decides when to call, {@link io.jitney.daemon.wake.WakeCommand}
 * and {@link io.jitney.daemon.wake.WakeRequest} call.
 *
 * <p>Threads: any; a sleeper decides on one event loop, a keeper on its instance's. Commands run on
 * virtual threads.
 */
@NullMarked
package io.jitney.daemon.wake;

import org.jspecify.annotations.NullMarked;
