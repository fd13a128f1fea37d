/** {@code bindings.smtp}: mail through a server, on Vert.x's own client. */
@NullMarked
package io.jitney.components.bindings.smtp;

import org.jspecify.annotations.NullMarked;
