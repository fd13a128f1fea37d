package io.jitney.tenancy.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * All policies and classes of a node, and what the daemon's flags say.
 *
 * <p>For one tenant <b>the most specific place that says something decides, field by field</b>.
 * From the strongest:
 *
 * <ol>
 *   <li>the tenant's own apps file ({@code spec.quota} of its {@code App});
 *   <li>policies that select by app id;
 *   <li>policies that select by labels, more labels before fewer;
 *   <li>policies that select by namespace;
 *   <li>the class that the most specific policy with a {@code class} names;
 *   <li>policies without a selector, which are for everyone;
 *   <li>the flags of the daemon;
 *   <li>the built-in defaults of {@link PolicyField}.
 * </ol>
 *
 * A selector of several parts stands where its strongest part puts it; its other parts, in the same
 * order, decide among equals: app id with namespace before app id alone. <b>Where two places are
 * equally specific, the strictest value counts</b>, the lower one; neither file names nor the order
 * of documents matter. Two equally specific policies may name different classes: then both classes
 * are defaults, and again the strictest value of each field counts.
 *
 * <p>For a component, a place that names it speaks for it; one that has only {@code *} speaks with
 * that. So a {@code *} in a more specific place beats a name in a less specific one.
 */
public final class PolicySet {
  /** Nothing but built-in defaults. */
  public static final PolicySet NONE = new PolicySet(List.of(), List.of(), PolicyValues.NONE);

  private static final int OWN = Integer.MAX_VALUE;
  private static final int CLASS = 0;
  private static final int EVERYONE = -1;
  private static final int NODE = -2;

  private final List<TenantPolicy> policies;
  private final Map<String, PolicyClass> classes;
  private final PolicyValues node;

  /**
   * @param policies with unique names
   * @param classes with unique names; those that policies name and that are not here say nothing
   * @param node what the daemon's flags say
   */
  public PolicySet(List<TenantPolicy> policies, List<PolicyClass> classes, PolicyValues node) {
    this.policies = List.copyOf(policies);
    Map<String, PolicyClass> byName = new LinkedHashMap<>();
    classes.forEach(one -> byName.put(one.name(), one));
    this.classes = Map.copyOf(byName);
    this.node = Objects.requireNonNull(node, "node");
  }

  /** The same policies with other flags. */
  public PolicySet withNode(PolicyValues values) {
    return new PolicySet(policies, List.copyOf(classes.values()), values);
  }

  /** Other policies with the same flags. */
  public PolicySet withPolicies(List<TenantPolicy> others, List<PolicyClass> otherClasses) {
    return new PolicySet(others, otherClasses, node);
  }

  public List<TenantPolicy> policies() {
    return policies;
  }

  /** In no order. */
  public List<PolicyClass> classes() {
    return List.copyOf(classes.values());
  }

  /** What the daemon's flags say. */
  public PolicyValues node() {
    return node;
  }

  /** What counts for a tenant. Looks at every policy once. */
  public EffectivePolicy resolve(PolicySubject subject) {
    List<PolicyLayer> layers = new ArrayList<>();
    if (!subject.own().isEmpty()) {
      layers.add(new PolicyLayer(OWN, subject.own(), subject.origin()));
    }
    Set<String> named = new TreeSet<>();
    int mostSpecific = -1;
    for (TenantPolicy policy : policies) {
      PolicySelector selector = policy.selector();
      if (!selector.matches(subject.tenant(), subject.labels())) {
        continue;
      }
      int specificity = selector.specificity();
      layers.add(
          new PolicyLayer(
              specificity == 0 ? EVERYONE : specificity, policy.values(), policy.origin()));
      String its = policy.policyClass();
      if (its != null && specificity >= mostSpecific) {
        if (specificity > mostSpecific) {
          named.clear();
          mostSpecific = specificity;
        }
        named.add(its);
      }
    }
    for (String name : named) {
      PolicyClass found = classes.get(name);
      if (found != null) {
        layers.add(new PolicyLayer(CLASS, found.values(), found.origin()));
      }
    }
    layers.add(new PolicyLayer(NODE, node, PolicyOrigin.NODE));
    layers.sort(Comparator.comparingInt(PolicyLayer::rank).reversed());
    return new EffectivePolicy(layers, named);
  }
}
