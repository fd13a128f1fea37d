/**
 * JSON bodies as Go's {@code encoding/json} reads them: names in any case, unknown members ignored,
 * what follows the first value ignored, and the texts of its errors, which reach Dapr's users.
 * Start at {@link io.jitney.daemon.gojson.GoDecoder}. Pure functions of a body; safe on event
 * loops.
 */
@NullMarked
package io.jitney.daemon.gojson;

import org.jspecify.annotations.NullMarked;
