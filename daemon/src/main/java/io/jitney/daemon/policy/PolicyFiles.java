package io.jitney.daemon.policy;

import io.jitney.daemon.files.FileProblem;
import io.jitney.tenancy.policy.PolicyClass;
import io.jitney.tenancy.policy.TenantPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All files of policies together. A file with a problem counts as it was when it had none; one that
 * never was without counts with the documents that have none. Not for use by several threads.
 */
public final class PolicyFiles {

  /**
   * What all files say.
   *
   * @param policies with unique names
   * @param classes with unique names
   * @param problems everything that is wrong now, in the order of files and documents
   */
  public record Combined(
      List<TenantPolicy> policies, List<PolicyClass> classes, List<FileProblem> problems) {
    public Combined {
      policies = List.copyOf(policies);
      classes = List.copyOf(classes);
      problems = List.copyOf(problems);
    }
  }

  private final Map<Path, PolicyParser.Parsed> lastGood = new HashMap<>();

  /** Takes what all files say now, in a fixed order; of two of one name the first counts. */
  public Combined combine(List<PolicyParser.Parsed> files) {
    Map<String, TenantPolicy> policies = new LinkedHashMap<>();
    Map<String, PolicyClass> classes = new LinkedHashMap<>();
    List<FileProblem> problems = new ArrayList<>();
    for (PolicyParser.Parsed now : files) {
      problems.addAll(now.problems());
      PolicyParser.Parsed counts = now.broken() ? lastGood.getOrDefault(now.file(), now) : now;
      if (!now.broken()) {
        lastGood.put(now.file(), now);
      }
      for (PolicyClass one : counts.classes()) {
        PolicyClass first = classes.putIfAbsent(one.name(), one);
        if (first != null) {
          problems.add(
              new FileProblem(
                  now.file(),
                  one.origin().document(),
                  "metadata.name",
                  taken(first.origin().toString())));
        }
      }
      for (TenantPolicy one : counts.policies()) {
        TenantPolicy first = policies.putIfAbsent(one.name(), one);
        if (first != null) {
          problems.add(
              new FileProblem(
                  now.file(),
                  one.origin().document(),
                  "metadata.name",
                  taken(first.origin().toString())));
        }
      }
    }
    Set<Path> there = files.stream().map(PolicyParser.Parsed::file).collect(Collectors.toSet());
    lastGood.keySet().retainAll(there);
    for (TenantPolicy one : policies.values()) {
      String its = one.policyClass();
      if (its != null && !classes.containsKey(its)) {
        problems.add(
            new FileProblem(
                Path.of(one.origin().file()),
                one.origin().document(),
                "spec.class",
                "there is no "
                    + PolicyKind.CLASS
                    + " \""
                    + its
                    + "\"; the policy's own fields count"));
      }
    }
    return new Combined(List.copyOf(policies.values()), List.copyOf(classes.values()), problems);
  }

  private static String taken(String by) {
    return "is the name of " + by + " already: this one does not count";
  }
}
