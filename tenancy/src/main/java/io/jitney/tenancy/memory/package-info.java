/**
 * Who holds how much of the node's memory, and what happens when it gets scarce.
 *
 * <p>Start at {@link io.jitney.tenancy.memory.MemoryBudget}. Each tenant has a {@link
 * io.jitney.tenancy.memory.MemoryLedger}; each call holds its bytes through one {@link
 * io.jitney.tenancy.memory.MemoryLease}, which gives everything back when the call is over, however
 * it ended.
 *
 * <p>Threads: any. Nothing blocks; without pressure nothing takes a lock either.
 */
@NullMarked
package io.jitney.tenancy.memory;

import org.jspecify.annotations.NullMarked;
