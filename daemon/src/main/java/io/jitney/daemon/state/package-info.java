/**
 * Dapr's state building block. {@link io.jitney.daemon.state.StateApi} decides, {@link
 * io.jitney.daemon.state.StateHttp} and {@link io.jitney.daemon.state.StateGrpc} translate. {@link
 * io.jitney.daemon.state.StateBinding} is a store as one instance sees it: the runtime's part (key
 * prefix, encryption) is here, the store's is in {@code components}.
 *
 * <p>Everything runs on the event loop of the request's connection.
 */
@NullMarked
package io.jitney.daemon.state;

import org.jspecify.annotations.NullMarked;
