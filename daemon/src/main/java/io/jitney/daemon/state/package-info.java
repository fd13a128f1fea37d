/**
 * The state building block: {@link io.jitney.daemon.state.StateApi} decides, the two fronts translate.
 */
@NullMarked
package io.jitney.daemon.state;

import org.jspecify.annotations.NullMarked;
