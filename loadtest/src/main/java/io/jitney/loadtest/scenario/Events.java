package io.jitney.loadtest.scenario;

/**
 * The events of a load's tenants. Each tenant has a topic of its own.
 *
 * @param subscriber what the app that subscribes does with events
 * @param apart whether that app is another than the one that publishes, with a sidecar of its own
 * @param redeliver seconds after which Redis gives what a killed subscriber held to the next one
 *     (processingTimeout and redeliverInterval of the component); zero: as the component does by
 *     itself
 */
public record Events(Broker broker, Subscriber subscriber, boolean apart, double redeliver) {
  /** None. */
  public static final Events NONE = new Events(Broker.NONE, Subscriber.NONE, false, 0);

  /** Where events are. */
  public enum Broker {
    NONE,
    MEMORY,
    /** The load test's own Redis. */
    REDIS,
    KAFKA
  }

  /** How an app answers to events. */
  public enum Subscriber {
    /** Nobody subscribes. */
    NONE,
    OK,
    /** Well, after two seconds. */
    SLOW,
    /** With status 500. */
    ERROR,
    /** Never. */
    SILENT
  }
}
