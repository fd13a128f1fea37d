package io.jitney.daemon.resiliency;

import java.time.Duration;

/** Retries that are there without any resource; a retry policy of the same name replaces one. */
public enum BuiltIn {
  /** Calls to apps elsewhere that have no target of their own. */
  SERVICE(
      "DaprBuiltInServiceRetries", RetryPolicy.constant(Duration.ofSeconds(1), 3, RetryMatch.ALL)),
  /** Calls that start a workflow. */
  ACTOR("DaprBuiltInActorRetries", RetryPolicy.constant(Duration.ofSeconds(1), 3, RetryMatch.ALL)),
  /** Routing to actors and reminders without a target of their own. */
  ACTOR_NOT_FOUND(
      "DaprBuiltInActorNotFoundRetries",
      RetryPolicy.constant(Duration.ofSeconds(1), 5, RetryMatch.ALL)),
  /** Asking the app for its subscriptions. */
  INITIALIZATION(
      "DaprBuiltInInitializationRetries",
      new RetryPolicy(
          true,
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          3,
          RetryMatch.ALL));

  /** Fewer repetitions than this are forced up to it, no limit too, as in daprd. */
  static final int LEAST_RETRIES = 3;

  private final String policyName;

  @SuppressWarnings("ImmutableEnumChecker") // records all the way down
  private final RetryPolicy retry;

  BuiltIn(String policyName, RetryPolicy retry) {
    this.policyName = policyName;
    this.retry = retry;
  }

  String policyName() {
    return policyName;
  }

  RetryPolicy retry() {
    return retry;
  }
}
