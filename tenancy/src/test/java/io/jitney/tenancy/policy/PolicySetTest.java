package io.jitney.tenancy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.policy.EffectivePolicy.Explained;
import io.jitney.tenancy.policy.EffectivePolicy.Said;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicySetTest {
  private static final TenantId CHECKOUT = new TenantId("shop", "checkout");
  private static final Map<String, String> GOLD = Map.of("tier", "gold", "team", "pay");

  private static PolicyOrigin origin(String name) {
    return new PolicyOrigin(PolicyOrigin.Kind.POLICY, name, "p.yaml", 1);
  }

  private static TenantPolicy policy(String name, PolicySelector selector, PolicyValues values) {
    return new TenantPolicy(name, selector, null, values, origin(name));
  }

  private static TenantPolicy ofClass(String name, PolicySelector selector, String its) {
    return new TenantPolicy(name, selector, its, PolicyValues.NONE, origin(name));
  }

  private static PolicyClass policyClass(String name, PolicyValues values) {
    return new PolicyClass(
        name, values, new PolicyOrigin(PolicyOrigin.Kind.CLASS, name, "c.yaml", 1));
  }

  private static PolicyValues rate(double rate) {
    return values(PolicyField.RATE, rate);
  }

  private static PolicyValues values(PolicyField field, double value) {
    return new PolicyValues(Map.of(field, value), Map.of());
  }

  private static PolicyValues component(String name, PolicyField field, double value) {
    return new PolicyValues(Map.of(), Map.of(name, Map.of(field, value)));
  }

  private static PolicySelector app(String id) {
    return new PolicySelector(null, id, Map.of());
  }

  private static PolicySelector namespace(String name) {
    return new PolicySelector(name, null, Map.of());
  }

  private static PolicySelector labels(Map<String, String> labels) {
    return new PolicySelector(null, null, labels);
  }

  private static EffectivePolicy checkout(PolicySet set) {
    return set.resolve(PolicySubject.of(CHECKOUT, GOLD));
  }

  @Test
  void withoutAnyPolicyNothingIsLimited() {
    EffectivePolicy policy = checkout(PolicySet.NONE);

    assertThat(policy.quota()).isEqualTo(Quota.UNLIMITED);
    assertThat(policy.weight()).isEqualTo(100);
    assertThat(policy.minShare()).isZero();
    assertThat(policy.bytesInFlight()).isEqualTo(Long.MAX_VALUE);
    assertThat(policy.maxBodySize()).isEqualTo(Long.MAX_VALUE);
    assertThat(policy.connections()).isEqualTo(Integer.MAX_VALUE);
    assertThat(policy.acceptRate()).isInfinite();
    assertThat(policy.logLinesPerSecond()).isInfinite();
    assertThat(policy.metricSeries()).isEqualTo(6_000);
    assertThat(policy.component("any")).isEqualTo(new ComponentShare(0, Integer.MAX_VALUE, 100));
    assertThat(policy.explain())
        .allSatisfy(one -> assertThat(one.origin().kind()).isEqualTo(PolicyOrigin.Kind.BUILT_IN));
  }

  /** Each place is said to be stronger than all after it; taken away one by one. */
  @Test
  void theMostSpecificPlaceDecides() {
    List<TenantPolicy> strongestFirst =
        List.of(
            policy("app in ns", new PolicySelector("shop", "checkout", GOLD), rate(900)),
            policy("app labels", new PolicySelector(null, "checkout", GOLD), rate(901)),
            policy("app ns", new PolicySelector("shop", "checkout", Map.of()), rate(902)),
            policy("app", app("checkout"), rate(903)),
            policy("2 labels", labels(GOLD), rate(904)),
            policy("label ns", new PolicySelector("shop", null, Map.of("tier", "gold")), rate(905)),
            policy("label", labels(Map.of("tier", "gold")), rate(906)),
            policy("ns", namespace("shop"), rate(907)));
    TenantPolicy everyone = policy("everyone", PolicySelector.EVERYONE, rate(909));
    TenantPolicy classed = ofClass("classed", PolicySelector.EVERYONE, "std");
    PolicyClass std = policyClass("std", rate(908));
    for (int from = 0; from <= strongestFirst.size(); from++) {
      List<TenantPolicy> policies =
          new ArrayList<>(strongestFirst.subList(from, strongestFirst.size()));
      policies.add(everyone);
      policies.add(classed);
      Collections.shuffle(policies, new Random(from));

      EffectivePolicy policy = checkout(new PolicySet(policies, List.of(std), rate(910)));

      assertThat(policy.quota().ratePerSecond()).isEqualTo(900 + (from == 0 ? 0 : from));
    }
    assertThat(
            checkout(new PolicySet(List.of(everyone), List.of(std), rate(910)))
                .quota()
                .ratePerSecond())
        .isEqualTo(909);
    assertThat(checkout(new PolicySet(List.of(), List.of(std), rate(910))).quota().ratePerSecond())
        .isEqualTo(910);
  }

  @Test
  void itsOwnQuotaCountsBeforeAllPolicies() {
    PolicySet set =
        new PolicySet(
            List.of(policy("app", new PolicySelector("shop", "checkout", GOLD), rate(5))),
            List.of(),
            PolicyValues.NONE);

    EffectivePolicy policy = set.resolve(PolicySubject.of(CHECKOUT, GOLD).with(rate(7)));

    assertThat(policy.quota().ratePerSecond()).isEqualTo(7);
  }

  @Test
  void fieldsAreDecidedOneByOne() {
    PolicySet set =
        new PolicySet(
            List.of(
                policy("app", app("checkout"), rate(5)),
                policy("ns", namespace("shop"), values(PolicyField.UNARY, 3)),
                policy("everyone", PolicySelector.EVERYONE, values(PolicyField.WEIGHT, 250))),
            List.of(),
            values(PolicyField.BURST, 50));

    EffectivePolicy policy = checkout(set);

    assertThat(policy.quota()).isEqualTo(new Quota(5, 50, 0, 3, 0, 0, 0, 0));
    assertThat(policy.weight()).isEqualTo(250);
  }

  @ParameterizedTest
  @EnumSource
  void ofTwoEquallySpecificTheStrictestCounts(PolicyField field) {
    PolicyValues strict = field.ofComponent() ? component("s", field, 1) : values(field, 1);
    PolicyValues generous = field.ofComponent() ? component("s", field, 50) : values(field, 50);
    List<TenantPolicy> policies =
        new ArrayList<>(
            List.of(
                policy("b", namespace("shop"), generous),
                policy("a", namespace("shop"), strict),
                policy("c", namespace("shop"), generous)));
    for (int turn = 0; turn < 3; turn++) {
      Collections.rotate(policies, 1);

      Explained found =
          checkout(new PolicySet(policies, List.of(), PolicyValues.NONE)).explain().stream()
              .filter(one -> one.field() == field)
              .findFirst()
              .orElseThrow();

      assertThat(found.value()).isEqualTo(1);
      assertThat(found.origin().name()).isEqualTo("a");
      assertThat(found.overrides()).extracting(Said::value).containsExactly(50.0, 50.0);
    }
  }

  @Test
  void aLimitCanBeLiftedByTheMoreSpecific() {
    PolicySet set =
        new PolicySet(
            List.of(
                policy("app", app("checkout"), rate(0)), policy("ns", namespace("shop"), rate(3))),
            List.of(),
            PolicyValues.NONE);

    assertThat(checkout(set).quota().limitsRate()).isFalse();
    assertThat(set.resolve(PolicySubject.of(new TenantId("shop", "b"))).quota().ratePerSecond())
        .isEqualTo(3);
  }

  @Test
  void theClassIsThatOfTheMostSpecificPolicyAndOnATieTheStricter() {
    PolicySet set =
        new PolicySet(
            List.of(
                ofClass("everyone", PolicySelector.EVERYONE, "bronze"),
                ofClass("one", namespace("shop"), "silver"),
                ofClass("two", namespace("shop"), "gold")),
            List.of(
                policyClass("bronze", rate(1)),
                policyClass("silver", rate(20)),
                policyClass("gold", rate(300))),
            PolicyValues.NONE);

    assertThat(checkout(set).quota().ratePerSecond()).isEqualTo(20);
    assertThat(checkout(set).classes()).containsExactly("gold", "silver");
    EffectivePolicy elsewhere = set.resolve(PolicySubject.of(new TenantId("other", "x")));
    assertThat(elsewhere.quota().ratePerSecond()).isEqualTo(1);
    assertThat(elsewhere.classes()).containsExactly("bronze");
  }

  @Test
  void aComponentHasItsOwnValuesAndTheOthersThoseOfTheStar() {
    PolicySet set =
        new PolicySet(
            List.of(
                policy("ns", namespace("shop"), component("orders", PolicyField.COMPONENT_MAX, 8)),
                policy("any", namespace("shop"), component("*", PolicyField.COMPONENT_MAX, 4)),
                policy(
                    "all", PolicySelector.EVERYONE, component("*", PolicyField.COMPONENT_MIN, 2)),
                policy(
                    "w",
                    PolicySelector.EVERYONE,
                    component("orders", PolicyField.COMPONENT_WEIGHT, 7))),
            List.of(),
            PolicyValues.NONE);

    EffectivePolicy policy = checkout(set);

    // Two places of equal rank speak about "orders", one by name, one by the star: the stricter.
    assertThat(policy.component("orders")).isEqualTo(new ComponentShare(2, 4, 7));
    assertThat(policy.component("other")).isEqualTo(new ComponentShare(2, 4, 100));
    assertThat(set.resolve(PolicySubject.of(new TenantId("x", "y"))).component("other"))
        .isEqualTo(new ComponentShare(2, Integer.MAX_VALUE, 100));
  }

  @Test
  void oneFilesStarDoesNotCountForWhatItNames() {
    PolicyValues both =
        new PolicyValues(
            Map.of(),
            Map.of(
                "*",
                Map.of(PolicyField.COMPONENT_MAX, 1.0),
                "orders",
                Map.of(PolicyField.COMPONENT_MAX, 9.0)));
    PolicySet set =
        new PolicySet(List.of(policy("p", app("checkout"), both)), List.of(), PolicyValues.NONE);

    assertThat(checkout(set).component("orders").max()).isEqualTo(9);
    assertThat(checkout(set).component("x").max()).isEqualTo(1);
  }

  @Test
  void aFloorIsNeverAboveTheCeiling() {
    PolicySet set =
        new PolicySet(
            List.of(
                policy("ns", namespace("shop"), component("s", PolicyField.COMPONENT_MIN, 8)),
                policy("app", app("checkout"), component("s", PolicyField.COMPONENT_MAX, 4))),
            List.of(),
            PolicyValues.NONE);

    assertThat(checkout(set).component("s")).isEqualTo(new ComponentShare(4, 4, 100));
  }

  @Test
  void whatIsOverriddenIsExplained() {
    PolicySet set =
        new PolicySet(
            List.of(
                policy("app", app("checkout"), rate(5)), policy("ns", namespace("shop"), rate(3))),
            List.of(),
            rate(100));

    Explained rate =
        checkout(set).explain().stream()
            .filter(one -> one.field() == PolicyField.RATE)
            .findFirst()
            .orElseThrow();

    assertThat(rate.origin()).isEqualTo(origin("app"));
    assertThat(rate.overrides())
        .containsExactly(new Said(3, origin("ns")), new Said(100, PolicyOrigin.NODE));
  }

  /** Against a second, naive reading of the rules: 20,000 tenants with random policies. */
  @Test
  void randomPoliciesResolveAsTheRulesSay() {
    Random random = new Random(7);
    String[] names = {"a", "b", "c"};
    for (int round = 0; round < 20_000; round++) {
      List<TenantPolicy> policies = new ArrayList<>();
      int count = random.nextInt(8);
      for (int i = 0; i < count; i++) {
        Map<String, String> labels = new TreeMap<>();
        for (String label : names) {
          if (random.nextInt(4) == 0) {
            labels.put(label, names[random.nextInt(2)]);
          }
        }
        PolicySelector selector =
            new PolicySelector(
                random.nextBoolean() ? names[random.nextInt(2)] : null,
                random.nextInt(3) == 0 ? names[random.nextInt(2)] : null,
                labels);
        policies.add(policy("p" + i, selector, rate(1 + random.nextInt(50))));
      }
      TenantId tenant = new TenantId(names[random.nextInt(2)], names[random.nextInt(2)]);
      Map<String, String> its = Map.of("a", names[random.nextInt(2)], "b", names[0]);

      double found =
          new PolicySet(policies, List.of(), rate(60))
              .resolve(PolicySubject.of(tenant, its))
              .quota()
              .ratePerSecond();

      assertThat(found)
          .as("%s %s %s", tenant, its, policies)
          .isEqualTo(naive(policies, tenant, its));
    }
  }

  private static double naive(
      List<TenantPolicy> policies, TenantId tenant, Map<String, String> its) {
    String best = "";
    double rate = 60;
    for (TenantPolicy policy : policies) {
      PolicySelector selector = policy.selector();
      boolean fits =
          (selector.appId() == null || selector.appId().equals(tenant.appId()))
              && (selector.namespace() == null || selector.namespace().equals(tenant.namespace()))
              && selector.labels().entrySet().stream()
                  .allMatch(label -> label.getValue().equals(its.get(label.getKey())));
      if (!fits) {
        continue;
      }
      String rank =
          (selector.appId() != null ? "1" : "0")
              + selector.labels().size()
              + (selector.namespace() != null ? "1" : "0");
      double value = policy.values().values().get(PolicyField.RATE);
      if (rank.compareTo(best) > 0) {
        best = rank;
        rate = value;
      } else if (rank.equals(best)) {
        rate = Math.min(rate, value);
      }
    }
    return rate;
  }

  @Test
  void aThousandTenantsAndAThousandPoliciesTakeNoTime() {
    List<TenantPolicy> policies = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      policies.add(policy("p" + i, app("app-" + i), rate(1 + i)));
    }
    PolicySet set = new PolicySet(policies, List.of(), PolicyValues.NONE);
    for (int i = 0; i < 1_000; i++) {
      EffectivePolicy policy = set.resolve(PolicySubject.of(new TenantId("default", "app-" + i)));
      assertThat(policy.quota().ratePerSecond()).isEqualTo(1 + i);
    }
  }
}
