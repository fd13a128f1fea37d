/**
 * Dapr's APIs as a client speaks them: streams of requests over HTTP/1.1 and gRPC, and what is
 * counted of their answers.
 *
 * <p>Start at {@link io.jitney.loadtest.wire.RequestStream}: it decides when what is sent; a {@link
 * io.jitney.loadtest.wire.Lane} carries one request at a time. HTTP/1.1 is Netty without a client
 * on top: a lane is a connection, its requests are made beforehand, so that one core makes tens of
 * thousands of requests a second. All of it runs on one event loop.
 */
@NullMarked
package io.jitney.loadtest.wire;

import org.jspecify.annotations.NullMarked;
