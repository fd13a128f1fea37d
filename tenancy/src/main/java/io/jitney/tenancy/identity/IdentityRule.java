package io.jitney.tenancy.identity;

import org.jspecify.annotations.Nullable;

/**
 * One way to know a caller. Called on event loops, for each new connection or token: must be quick
 * and must not block.
 */
@FunctionalInterface
public interface IdentityRule {

  /** The caller, or null if this rule does not know it. */
  @Nullable Caller identify(ConnectionFacts facts);

  /**
   * Whether what this rule knows speaks against a caller that a rule (another one or this one) has
   * identified. One such voice and the caller is refused; no further rule is asked.
   */
  default boolean speaksAgainst(Caller caller, ConnectionFacts facts) {
    return false;
  }
}
