/**
 * TLS settings that components take as PEM texts. Start at {@link io.jitney.components.tls.PemTls}.
 * No state, any thread.
 */
@NullMarked
package io.jitney.components.tls;

import org.jspecify.annotations.NullMarked;
