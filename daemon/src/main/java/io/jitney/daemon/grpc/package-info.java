/**
 * The gRPC API listener: method table, codecs, checks before a call. No block logic. Start at
 * {@link io.jitney.daemon.grpc.GrpcApi}.
 */
@NullMarked
package io.jitney.daemon.grpc;

import org.jspecify.annotations.NullMarked;
