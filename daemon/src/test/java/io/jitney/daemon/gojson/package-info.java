/** Tests of how bodies are read as Go reads them. */
@NullMarked
package io.jitney.daemon.gojson;

import org.jspecify.annotations.NullMarked;
