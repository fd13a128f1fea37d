/**
 * The life of an instance: opening, running, draining, closed, or failed on the way.
 *
 * <p>{@link io.jitney.tenancy.lifecycle.TenantState} says which moves are legal, in types: a state
 * has a method for each state that may follow it and for no other. {@link
 * io.jitney.tenancy.lifecycle.LifeCycle} is the holder that several threads share. Start at the
 * former.
 *
 * <p>Threads: any. A move takes a short lock; listeners are called outside of it.
 */
@NullMarked
package io.jitney.tenancy.lifecycle;

import org.jspecify.annotations.NullMarked;
