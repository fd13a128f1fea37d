package io.jitney.loadtest.wire;

import io.jitney.loadtest.scenario.Call;

/**
 * A request under way.
 *
 * @param index of the call in its stream's list
 * @param number of an event; 0 for all else
 * @param dueNanos when it was to be sent; latency counts from here
 */
public record Exchange(Call call, int index, long dueNanos, long number) {
  Exchange withNumber(long other) {
    return new Exchange(call, index, dueNanos, other);
  }
}
