/** Logs in daprd's formats, metrics under daprd's names, W3C trace context. */
@NullMarked
package io.jitney.daemon.telemetry;

import org.jspecify.annotations.NullMarked;
