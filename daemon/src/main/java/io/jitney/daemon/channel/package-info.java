/**
 * The way to the app: HTTP and gRPC app channels, app health.
 */
@NullMarked
package io.jitney.daemon.channel;

import org.jspecify.annotations.NullMarked;
