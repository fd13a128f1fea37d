/**
 * Dapr resource files (Component, Configuration, HTTPEndpoint...) as records, and how they are
 * loaded.
 */
@NullMarked
package io.jitney.daemon.resources;

import org.jspecify.annotations.NullMarked;
