/** {@code bindings.redis}: plain keys over the shared pool of connections. */
@NullMarked
package io.jitney.components.bindings.redis;

import org.jspecify.annotations.NullMarked;
