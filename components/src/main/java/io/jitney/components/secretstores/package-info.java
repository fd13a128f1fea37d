/**
 * Secret stores: the SPI ({@link io.jitney.components.secretstores.SecretStore}) and the
 * implementations.
 */
@NullMarked
package io.jitney.components.secretstores;

import org.jspecify.annotations.NullMarked;
