package io.jitney.daemon.resiliency;

/**
 * Counts what the policies of one instance do, as daprd's {@code dapr_resiliency_*}. Any thread.
 */
public interface PolicyMetrics {
  /** The parts of a policy, as the label {@code policy} spells them. */
  enum Part {
    TIMEOUT("timeout"),
    RETRY("retry"),
    CIRCUIT_BREAKER("circuitbreaker");

    private final String word;

    Part(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /** A resource was loaded; from now on the other counters carry its name. */
  void loaded(String resource, String namespace);

  /**
   * A call is made under a policy.
   *
   * @param target {@code app_<id>} or {@code <Type>_<component>}
   * @param status of a breaker before the call; "" for the other parts
   */
  void used(Part part, Direction direction, String target, String status);

  /** A policy acted on a call, as {@link #used}; of a breaker: it has changed to {@code status}. */
  void activated(Part part, Direction direction, String target, String status);

  /** Counts nothing. */
  PolicyMetrics NONE =
      new PolicyMetrics() {
        @Override
        public void loaded(String resource, String namespace) {}

        @Override
        public void used(Part part, Direction direction, String target, String status) {}

        @Override
        public void activated(Part part, Direction direction, String target, String status) {}
      };
}
