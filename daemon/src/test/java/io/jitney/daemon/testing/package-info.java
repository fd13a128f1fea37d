/**
 * A daemon for tests: {@link io.jitney.daemon.testing.DaemonExtension} starts one (in this JVM, or
 * by the real launchers) and opens sidecars in it; {@link io.jitney.daemon.testing.HttpApiClient}
 * and {@link io.jitney.daemon.testing.GrpcApiClient} talk to them as apps do. Everything here
 * blocks: for test threads.
 */
@NullMarked
package io.jitney.daemon.testing;

import org.jspecify.annotations.NullMarked;
