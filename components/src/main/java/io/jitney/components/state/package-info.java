/**
 * State stores: the SPI ({@link io.jitney.components.state.StateStore}) and, a package each, the
 * implementations.
 *
 * <p>Keys arrive finished: prefixing, encryption and scopes are the daemon's business.
 */
@NullMarked
package io.jitney.components.state;

import org.jspecify.annotations.NullMarked;
