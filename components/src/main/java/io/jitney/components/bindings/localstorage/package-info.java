/**
 * {@code bindings.localstorage}: files below one folder. {@link
 * io.jitney.components.bindings.localstorage.ConfinedRoot} decides where a name leads; file
 * operations run on virtual threads.
 */
@NullMarked
package io.jitney.components.bindings.localstorage;

import org.jspecify.annotations.NullMarked;
