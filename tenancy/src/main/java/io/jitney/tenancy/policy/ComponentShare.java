package io.jitney.tenancy.policy;

/**
 * A tenant's part of one component.
 *
 * @param min concurrent calls that it always gets; 0: none for sure. Never more than {@code max}
 * @param max concurrent calls at most; {@link Integer#MAX_VALUE}: not limited
 * @param weight share when the store is contended, from 1
 */
public record ComponentShare(int min, int max, int weight) {
  public ComponentShare {
    min = Math.min(min, max);
  }
}
