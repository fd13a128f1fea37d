package io.jitney.tenancy.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks rules in order: the first that knows the caller decides, unless any rule speaks against it.
 *
 * @param rules from the strongest to the weakest; usually listener, token, address
 */
public record IdentityChain(List<IdentityRule> rules) {

  public IdentityChain {
    rules = List.copyOf(rules);
  }

  /**
   * The caller, or null if it is unknown or contradicts itself (a token of one app from an address
   * of another): then the call is refused with 401 or UNAUTHENTICATED, with no word about why. The
   * answer holds for all calls of a connection with the same token, until the rules' content
   * changes.
   */
  public @Nullable Caller identify(ConnectionFacts facts) {
    for (IdentityRule rule : rules) {
      Caller caller = rule.identify(facts);
      if (caller != null) {
        return isContradicted(caller, facts) ? null : caller;
      }
    }
    return null;
  }

  private boolean isContradicted(Caller caller, ConnectionFacts facts) {
    for (IdentityRule rule : rules) {
      if (rule.speaksAgainst(caller, facts)) {
        return true;
      }
    }
    return false;
  }
}
