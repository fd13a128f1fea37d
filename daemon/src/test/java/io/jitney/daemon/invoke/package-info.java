/** Tests of service invocation. */
@NullMarked
package io.jitney.daemon.invoke;

import org.jspecify.annotations.NullMarked;
