package io.jitney.loadtest.scenario;

/** What a run is against. */
public enum Side {
  /** One daemon of Jitney's for all tenants. */
  ON("isolation on"),
  /** The same, first come first served: {@code --isolation=off}. */
  OFF("isolation off"),
  /** A private daemon of Jitney's for each tenant. */
  PRIVATE("private daemons"),
  /** A process of the daprd that {@code --peer} names for each tenant. */
  PEER("peer daprd");

  private final String words;

  Side(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** Whether each tenant has a process of its own. */
  public boolean isProcessPerTenant() {
    return this == PRIVATE || this == PEER;
  }
}
