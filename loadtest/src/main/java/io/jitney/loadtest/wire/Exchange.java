package io.jitney.loadtest.wire;

import io.jitney.loadtest.scenario.Call;

/**
 * A request under way.
 *
 * @param index of the call in its stream's list
 * @param dueNanos when it was to be sent; latency counts from here
 */
record Exchange(Call call, int index, long dueNanos) {}
