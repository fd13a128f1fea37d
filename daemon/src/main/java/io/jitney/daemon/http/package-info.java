/**
 * The HTTP API listener: routing, codecs, checks before a call. No block logic. Start at {@link
 * io.jitney.daemon.http.HttpApi}.
 */
@NullMarked
package io.jitney.daemon.http;

import org.jspecify.annotations.NullMarked;
