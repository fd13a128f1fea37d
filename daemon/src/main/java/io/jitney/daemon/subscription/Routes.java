package io.jitney.daemon.subscription;

import io.jitney.daemon.resources.SubscriptionResource.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of one subscription go. Immutable.
 *
 * @param rules tried in order
 */
public record Routes(List<Rule> rules) {
  /**
   * One of them.
   *
   * @param cel null: every event
   */
  public record Rule(String match, String path, @Nullable CelRule cel) {}

  public Routes {
    rules = List.copyOf(rules);
  }

  /** All events to one path. */
  static Routes to(String path) {
    return new Routes(List.of(new Rule("", path, null)));
  }

  /** Compiles rules; see {@link CelRule} about threads. */
  static Routes compile(List<Route> routes) throws CelRule.Malformed {
    List<Rule> rules = new ArrayList<>();
    for (Route route : routes) {
      String match = route.match().strip();
      rules.add(
          new Rule(route.match(), route.path(), match.isEmpty() ? null : CelRule.parse(match)));
    }
    return new Routes(rules);
  }

  /** Whether the contents of events matter. */
  boolean look() {
    return rules.stream().anyMatch(rule -> rule.cel() != null);
  }

  /**
   * The path of the first rule that holds; null: none does.
   *
   * @param event asked for when a rule wants to know
   * @throws RuleBudget.Laborious when that costs more than may be done on an event loop
   */
  @Nullable String path(Supplier<Object> event, RuleBudget budget) throws CelRule.Undecided {
    for (Rule rule : rules) {
      CelRule cel = rule.cel();
      if (cel == null || cel.test(event.get(), budget)) {
        return rule.path();
      }
    }
    return null;
  }
}
