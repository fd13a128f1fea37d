/**
 * What calls hold of the node's memory: asked for before it is held, given back when the call is
 * over, whichever way it ends.
 *
 * <p>Start at {@link io.jitney.daemon.memory.CallMemory}, which every call has. The rules are
 * tenancy's ({@link io.jitney.tenancy.memory.MemoryBudget}); here is what is asked for, and when.
 *
 * <p>Threads: a call's memory belongs to the call's event loop.
 */
@NullMarked
package io.jitney.daemon.memory;

import org.jspecify.annotations.NullMarked;
