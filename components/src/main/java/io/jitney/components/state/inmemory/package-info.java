/**
 * {@code state.in-memory}: values of one component object, gone when it closes. Start at {@link
 * io.jitney.components.state.inmemory.InMemoryStateStore}. Any thread may call; calls answer at
 * once.
 */
@NullMarked
package io.jitney.components.state.inmemory;

import org.jspecify.annotations.NullMarked;
