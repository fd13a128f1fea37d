package io.jitney.loadtest.stats;

/** How long after a load things are normal again. */
public final class Recovery {
  /** It did not happen while anybody looked. */
  public static final double NEVER = Double.POSITIVE_INFINITY;

  private Recovery() {}

  /**
   * Time until windows stay normal: from {@code end} to the start of the first window of a run of
   * {@code calm} normal ones that nothing but at most lone windows interrupts again.
   *
   * @param normal per window
   * @param end first window after the load
   * @param calm how many in a row count as calm, fewer only at the end of the series
   * @param windowSeconds length of a window
   * @return seconds; {@link #NEVER} when the series ends before
   */
  public static double seconds(boolean[] normal, int end, int calm, double windowSeconds) {
    int run = 0;
    for (int i = end; i < normal.length; i++) {
      run = normal[i] ? run + 1 : 0;
      if (run == calm) {
        return (i + 1 - calm - end) * windowSeconds;
      }
    }
    return NEVER;
  }
}
