package io.jitney.tenancy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the least loaded of several instances, and lets equally loaded ones take turns.
 *
 * <p>It looks at all of them: an app has a handful of instances on one node, so a full look is
 * cheaper than the random numbers of a sampled one, and better spread. Allocates nothing. Use one
 * per target, as {@link TenantRegistry#pick} does: two targets that share the turns and are called
 * by turns would each always get the same instance.
 *
 * <p>Threads: any.
 */
public final class PickByLoad {
  // Where the next look begins: behind the last choice, not one further than the last look, so that
  // the neighbour of one that is not ready gets no double share.
  private final AtomicInteger next = new AtomicInteger();

  /**
   * The candidate with the least load among those that are ready, or null if none is.
   *
   * @param candidates must have fast access by index and not change, as the lists of {@link
   *     TenantRegistry#instances(TenantId)}
   * @param ready asked once for each candidate at most
   * @param load calls in flight or the like; asked only for those that are ready
   */
  public <T> @Nullable T pick(
      List<T> candidates, Predicate<? super T> ready, ToLongFunction<? super T> load) {
    int size = candidates.size();
    if (size == 0) {
      return null;
    }
    if (size == 1) {
      T only = candidates.getFirst();
      return ready.test(only) ? only : null;
    }
    int start = next.getPlain() % size;
    T best = null;
    int bestAt = 0;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      int at = (start + i) % size;
      T candidate = candidates.get(at);
      if (!ready.test(candidate)) {
        continue;
      }
      long its = load.applyAsLong(candidate);
      if (best == null || its < least) {
        best = candidate;
        bestAt = at;
        least = its;
      }
    }
    // Threads that choose at the same time may overwrite each other: their loads tell them apart.
    next.setPlain(bestAt + 1);
    return best;
  }
}
