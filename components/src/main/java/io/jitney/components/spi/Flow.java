package io.jitney.components.spi;

/**
 * On whose account a call runs, as far as a component may know: opaque, told apart by object
 * identity. Pools take turns among flows and keep apart what one of them spoils; they never learn
 * whose it is.
 */
public interface Flow {
  /** The node's own calls: set-up of a connection, probes. */
  Flow NODE =
      new Flow() {
        @Override
        public String name() {
          return "node";
        }

        @Override
        public int weight() {
          return 1;
        }

        @Override
        public String toString() {
          return "node";
        }
      };

  /** For the log of the node; never for keys, commands or anything that leaves it. */
  String name();

  /** Its part beside others, at least 1; may change at any time. */
  int weight();

  /**
   * Bytes that a component fetched for it and holds until somebody takes them. Any thread.
   *
   * @param more bytes held since the last call; negative: they are no longer held
   */
  default void holds(long more) {}

  /** Whether more may be fetched for it now: not while memory is scarce and it holds its share. */
  default boolean mayHoldMore() {
    return true;
  }
}
