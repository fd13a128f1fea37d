/**
 * {@code bindings.http}: {@link io.jitney.components.bindings.http.HttpBinding} makes requests of
 * binding calls. The client and its connections are shared by all openings with the same TLS
 * identity.
 */
@NullMarked
package io.jitney.components.bindings.http;

import org.jspecify.annotations.NullMarked;
