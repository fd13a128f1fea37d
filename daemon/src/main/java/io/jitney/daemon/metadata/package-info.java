/** The metadata and shutdown APIs. */
@NullMarked
package io.jitney.daemon.metadata;

import org.jspecify.annotations.NullMarked;
