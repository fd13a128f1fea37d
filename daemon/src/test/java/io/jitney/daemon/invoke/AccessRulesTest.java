package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.resources.AccessControl;
import io.jitney.daemon.resources.AccessControl.Operation;
import io.jitney.daemon.resources.AccessControl.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
  private static final CallerIdentity A = new CallerIdentity("public", "default", "a");

  @Test
  void withoutAnIdentityOnlyTheGlobalActionCounts() {
    assertThat(rules("deny", policy("allow")).decide(null, "x", "GET"))
        .isEqualTo(new AccessRules.Decision(false, false));
    assertThat(rules("allow", policy("deny")).decide(null, "x", "GET").allowed()).isTrue();
  }

  @Test
  void anActionIsAllowOrDenies() {
    assertThat(rules("ALLOW").decide(null, "x", "GET").allowed()).isTrue();
    assertThat(rules("maybe").decide(null, "x", "GET").allowed()).isFalse();
    assertThat(rules("").decide(null, "x", "GET").allowed()).isFalse();
  }

  @Test
  void aPolicyIsForOneAppOfOneNamespaceAndTrustDomain() {
    AccessRules rules = rules("deny", policy("allow"));
    assertThat(rules.decide(A, "x", "GET")).isEqualTo(new AccessRules.Decision(true, true));
    assertThat(rules.decide(new CallerIdentity("public", "other", "a"), "x", "GET").allowed())
        .isFalse();
    assertThat(rules.decide(new CallerIdentity("elsewhere", "default", "a"), "x", "GET").allowed())
        .isFalse();
    assertThat(rules.decide(new CallerIdentity("public", "default", "b"), "x", "GET").allowed())
        .isFalse();
  }

  @Test
  void aPolicyWithoutActionTakesTheGlobalOne() {
    assertThat(rules("allow", policy("")).decide(A, "x", "GET").allowed()).isTrue();
  }

  @Test
  void verbsOfAnHttpOperation() {
    AccessRules rules =
        rules(
            "deny",
            policy(
                "deny", operation("/op", "allow", "GET", "POST"), operation("/all", "allow", "*")));
    assertThat(rules.decide(A, "op", "GET").allowed()).isTrue();
    assertThat(rules.decide(A, "op", "DELETE").allowed()).isFalse();
    assertThat(rules.decide(A, "all", "DELETE").allowed()).isTrue();
    assertThat(rules.decide(A, "OP", "POST").allowed()).as("case of an HTTP path").isTrue();
    assertThat(rules.decide(A, "op", "NONE").allowed()).as("no verb").isFalse();
  }

  @Test
  void aGrpcOperationIsExactAndKnowsNoVerbs() {
    AccessRules rules =
        new AccessRules(
            control("deny", policy("deny", operation("/pkg.Svc/Do", "allow", "GET"))), false);
    assertThat(rules.decide(A, "/pkg.Svc/Do", "NONE").allowed()).isTrue();
    assertThat(rules.decide(A, "/pkg.svc/do", "NONE").allowed()).isFalse();
  }

  @Test
  void aRuleCoversWhatIsBelowIt() {
    AccessRules rules = rules("deny", policy("deny", operation("/public", "allow", "*")));
    assertThat(rules.decide(A, "public/a/b", "GET").allowed()).isTrue();
    assertThat(rules.decide(A, "publicly", "GET").allowed()).isFalse();
  }

  @Test
  void wildcards() {
    AccessRules rules =
        rules(
            "deny",
            policy(
                "deny",
                operation("/one/*", "allow", "*"),
                operation("/rest/**", "allow", "*"),
                operation("/in*de/x", "allow", "*")));
    assertThat(rules.decide(A, "one/a", "GET").allowed()).isTrue();
    assertThat(rules.decide(A, "one", "GET").allowed()).as("the parent of a star").isTrue();
    assertThat(rules.decide(A, "one/a/b", "GET").allowed()).isFalse();
    assertThat(rules.decide(A, "rest/a/b/c", "GET").allowed()).isTrue();
    assertThat(rules.decide(A, "inside/x", "GET").allowed()).isTrue();
    assertThat(rules.decide(A, "inside/y", "GET").allowed()).isFalse();
  }

  @Test
  void theFirstMatchIsNeverGivenUp() {
    AccessRules rules =
        rules(
            "deny",
            policy("deny", operation("/a*/x", "allow", "*"), operation("/ab/y", "allow", "*")));
    assertThat(rules.decide(A, "ab/x", "GET").allowed()).isTrue();
    assertThat(rules.decide(A, "ab/y", "GET").allowed()).as("/a* was taken").isFalse();
  }

  @Test
  void theFirstOfEqualOperationsCounts() {
    AccessRules rules =
        rules("deny", policy("deny", operation("/x", "allow", "*"), operation("/x", "deny", "*")));
    assertThat(rules.decide(A, "x", "GET").allowed()).isTrue();
  }

  @Test
  void aPatternOfManyStarsIsNoTrap() {
    String pattern = "/" + "a*".repeat(40) + "b";
    AccessRules rules = rules("deny", policy("deny", operation(pattern, "allow", "*")));
    long start = System.nanoTime();
    assertThat(rules.decide(A, "a".repeat(2_000), "GET").allowed()).isFalse();
    assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
  }

  private static AccessRules rules(String action, Policy... policies) {
    return new AccessRules(control(action, policies), true);
  }

  private static AccessControl control(String action, Policy... policies) {
    return new AccessControl(action, "public", List.of(policies));
  }

  private static Policy policy(String action, Operation... operations) {
    return new Policy("a", action, "public", "default", List.of(operations));
  }

  private static Operation operation(String name, String action, String... verbs) {
    return new Operation(name, List.of(verbs), action);
  }
}
