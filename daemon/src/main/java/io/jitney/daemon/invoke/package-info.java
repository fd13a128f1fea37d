/**
 * Service invocation and gRPC proxying.
 */
@NullMarked
package io.jitney.daemon.invoke;

import org.jspecify.annotations.NullMarked;
