package io.jitney.loadtest.wire;

/** What sidecars call the broker and the topics. */
public final class Topics {
  /** Name of every tenant's pub/sub component. */
  public static final String COMPONENT = "pubsub";

  private Topics() {}

  /** The topic that a tenant publishes to. */
  public static String of(String appId) {
    return "events-" + appId;
  }
}
