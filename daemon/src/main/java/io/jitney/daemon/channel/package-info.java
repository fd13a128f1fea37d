/**
 * The way from the daemon to the apps. Start at {@link io.jitney.daemon.channel.AppChannels}, which
 * opens an {@link io.jitney.daemon.channel.AppChannel} for one instance; whoever calls the app
 * (invocation, later events, actors, jobs) asks the channel for a request and speaks HTTP or gRPC
 * on it.
 *
 * <p>Physical clients are shared by all tenants, one for each event loop and kind ({@link
 * io.jitney.daemon.channel.HttpClients}); everything that counts or decides (concurrency, health,
 * token) belongs to one instance.
 *
 * <p>Threads: a call stays on the event loop on which it began; channels may be used from all
 * loops.
 */
@NullMarked
package io.jitney.daemon.channel;

import org.jspecify.annotations.NullMarked;
