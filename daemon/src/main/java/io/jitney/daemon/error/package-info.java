/**
 * One error catalogue: {@link io.jitney.daemon.error.DaprErrors} lists what Dapr answers, the two
 * writers put it on the wire.
 */
@NullMarked
package io.jitney.daemon.error;

import org.jspecify.annotations.NullMarked;
