/**
 * Service invocation and gRPC proxying. {@link io.jitney.daemon.invoke.InvokeApi} decides where a
 * call goes and whether it may; {@link io.jitney.daemon.invoke.InvokeHttp} and {@link
 * io.jitney.daemon.invoke.InvokeGrpc} translate, {@link io.jitney.daemon.invoke.GrpcProxy} passes
 * whole gRPC streams.
 *
 * <p>An app of the same daemon is another app in every respect (access control, caller headers, its
 * own token and limits), only the way is short: straight from the caller's connection to the app's.
 *
 * <p>Threads: everything of one call happens on the event loop of the caller's connection.
 */
@NullMarked
package io.jitney.daemon.invoke;

import org.jspecify.annotations.NullMarked;
