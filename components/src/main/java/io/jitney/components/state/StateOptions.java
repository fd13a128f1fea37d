package io.jitney.components.state;

/**
 * @param concurrency {@code first-write}, {@code last-write} or empty
 * @param consistency {@code eventual}, {@code strong} or empty
 */
public record StateOptions(String concurrency, String consistency) {
  public static final StateOptions NONE = new StateOptions("", "");

  public boolean firstWrite() {
    return "first-write".equals(concurrency);
  }

  public boolean lastWrite() {
    return "last-write".equals(concurrency);
  }

  public boolean strong() {
    return "strong".equals(consistency);
  }
}
