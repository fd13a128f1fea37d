/**
 * Who is served next when something is contended: weighted fair queueing, charged with what calls
 * really cost.
 *
 * <p>A {@link io.jitney.tenancy.fair.Flow} is one tenant's share. {@link
 * io.jitney.tenancy.fair.FairQueue} keeps the waiting calls of many flows in order; {@link
 * io.jitney.tenancy.fair.FairGate} puts a number of places around it, which {@link
 * io.jitney.tenancy.fair.AdaptiveLimit} can find by latency. Start at {@code FairGate}; ADR 0008
 * says why it is done so.
 *
 * <p>Threads: a queue belongs to one thread; gates, limits and flows may be used from any.
 */
@NullMarked
package io.jitney.tenancy.fair;

import org.jspecify.annotations.NullMarked;
