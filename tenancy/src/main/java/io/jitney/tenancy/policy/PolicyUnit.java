package io.jitney.tenancy.policy;

/** What a value of a field is counted in. */
public enum PolicyUnit {
  SHARE("share"),
  PERCENT("percent"),
  CALLS("calls"),
  CALLS_PER_SECOND("calls/s"),
  BYTES("bytes"),
  CONNECTIONS("connections"),
  CONNECTIONS_PER_SECOND("connections/s"),
  SERIES("series"),
  LINES_PER_SECOND("lines/s");

  private final String word;

  PolicyUnit(String word) {
    this.word = word;
  }

  /** As shown to people: {@code calls/s}. */
  public String word() {
    return word;
  }
}
