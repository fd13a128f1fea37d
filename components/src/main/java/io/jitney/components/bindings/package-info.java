/**
 * The bindings SPI: {@link io.jitney.components.bindings.InputBinding} hands events of the outside
 * to the app, {@link io.jitney.components.bindings.OutputBinding} does what the app asks for. A
 * Component resource that is both is opened twice, as daprd does.
 */
@NullMarked
package io.jitney.components.bindings;

import org.jspecify.annotations.NullMarked;
