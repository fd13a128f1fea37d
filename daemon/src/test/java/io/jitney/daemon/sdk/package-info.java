/** The official Dapr SDKs, unmodified, against the shared daemon. */
@NullMarked
package io.jitney.daemon.sdk;

import org.jspecify.annotations.NullMarked;
