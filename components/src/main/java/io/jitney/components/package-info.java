/**
 * Components: the SPI ({@code spi}), implementations by kind, and the pools of shared connections
 * ({@code pool}).
 */
@NullMarked
package io.jitney.components;

import org.jspecify.annotations.NullMarked;
