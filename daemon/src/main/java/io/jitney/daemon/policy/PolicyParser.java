package io.jitney.daemon.policy;

import io.jitney.daemon.files.Fields;
import io.jitney.daemon.files.FileProblem;
import io.jitney.daemon.files.YamlDocuments;
import io.jitney.daemon.files.YamlFiles;
import io.jitney.tenancy.policy.PolicyClass;
import io.jitney.tenancy.policy.PolicyOrigin;
import io.jitney.tenancy.policy.PolicySelector;
import io.jitney.tenancy.policy.PolicyValues;
import io.jitney.tenancy.policy.TenantPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one file of policies. Strict, and never stops at the first problem. */
public final class PolicyParser {
  private static final String API_VERSION = "jitney.io/v1alpha1";
  private static final String APP = "App";

  /**
   * What one file says.
   *
   * @param policies of the documents without a problem, in order
   * @param classes likewise
   * @param problems everything that is wrong, in the order of the documents
   * @param broken whether a document of it could not be used
   */
  public record Parsed(
      Path file,
      List<TenantPolicy> policies,
      List<PolicyClass> classes,
      List<FileProblem> problems,
      boolean broken) {
    public Parsed {
      policies = List.copyOf(policies);
      classes = List.copyOf(classes);
      problems = List.copyOf(problems);
    }
  }

  private final Path file;
  private final boolean amongApps;
  private final List<TenantPolicy> policies = new ArrayList<>();
  private final List<PolicyClass> classes = new ArrayList<>();
  private final List<FileProblem> problems = new ArrayList<>();
  private boolean broken;

  private PolicyParser(Path file, boolean amongApps) {
    this.file = file;
    this.amongApps = amongApps;
  }

  /**
   * Reads a file.
   *
   * @param amongApps it is an apps file: documents of other kinds are told about, with all that is
   *     wrong with the file as such, by whoever reads the apps
   */
  public static Parsed parse(YamlFiles.Content content, boolean amongApps) {
    PolicyParser parser = new PolicyParser(content.file(), amongApps);
    String text = content.text();
    if (text == null) {
      parser.unreadable(0, content.trouble());
    } else {
      YamlDocuments.each(text, parser::document, (why, number) -> parser.unreadable(number, why));
    }
    return new Parsed(
        content.file(),
        parser.policies,
        parser.classes,
        parser.problems,
        parser.broken || !parser.problems.isEmpty());
  }

  private void unreadable(int document, String why) {
    broken = true;
    if (!amongApps) {
      problems.add(new FileProblem(file, document, "", why));
    }
  }

  private void document(Object content, int number) {
    String kind = YamlDocuments.kind(content);
    if (amongApps && !PolicyKind.isOne(kind)) {
      return;
    }
    if (!(content instanceof Map<?, ?> map)) {
      unreadable(number, "must be a mapping with apiVersion, kind, metadata and spec");
      return;
    }
    int before = problems.size();
    Fields top =
        new Fields(
            map, "", (field, what) -> problems.add(new FileProblem(file, number, field, what)));
    if (!PolicyKind.isOne(kind)) {
      String others = kind.equals(APP) ? " (apps belong into --apps)" : "";
      top.problem(
          "kind",
          "must be "
              + PolicyKind.POLICY
              + " or "
              + PolicyKind.CLASS
              + ", not "
              + Fields.shown(map.get("kind"))
              + others);
      return;
    }
    read(top, kind, number, before);
  }

  private void read(Fields top, String kind, int number, int before) {
    String version = top.text("apiVersion");
    if (!API_VERSION.equals(version)) {
      top.problem(
          "apiVersion",
          "must be " + API_VERSION + (version == null ? "" : ", not \"" + version + "\""));
    }
    top.text("kind");
    String name = name(top);
    Fields spec = top.object("spec");
    top.rejectOthers();
    if (spec == null) {
      if (!top.has("spec")) {
        top.problem("spec", "is missing");
      }
      return;
    }
    boolean isClass = kind.equals(PolicyKind.CLASS);
    PolicySelector selector = isClass ? PolicySelector.EVERYONE : selector(spec);
    String its = isClass ? null : spec.text("class");
    PolicyValues values = PolicyValuesReader.read(spec);
    spec.rejectOthers();
    if (values.isEmpty() && its == null && problems.size() == before) {
      top.problem("spec", "sets nothing");
    }
    if (problems.size() > before || name == null) {
      return;
    }
    if (isClass) {
      classes.add(new PolicyClass(name, values, origin(PolicyOrigin.Kind.CLASS, name, number)));
    } else {
      PolicyOrigin origin = origin(PolicyOrigin.Kind.POLICY, name, number);
      policies.add(new TenantPolicy(name, selector, its, values, origin));
    }
  }

  private PolicyOrigin origin(PolicyOrigin.Kind kind, String name, int number) {
    return new PolicyOrigin(kind, name, file.toString(), number);
  }

  private static @Nullable String name(Fields top) {
    Fields metadata = top.object("metadata");
    if (metadata == null) {
      if (!top.has("metadata")) {
        top.problem("metadata.name", "is missing");
      }
      return null;
    }
    String name = metadata.text("name");
    if (!metadata.has("name")) {
      metadata.problem("name", "is missing");
    }
    for (String texts : Set.of("labels", "annotations")) {
      Fields these = metadata.object(texts);
      if (these != null) {
        these.allTexts();
      }
    }
    if (metadata.has("namespace")) {
      metadata.problem(
          "namespace", "does not select: spec.selector.namespace says whom the policy is for");
    }
    metadata.rejectOthers();
    return name;
  }

  private static PolicySelector selector(Fields spec) {
    Fields selector = spec.object("selector");
    if (selector == null) {
      return PolicySelector.EVERYONE;
    }
    String namespace = selector.text("namespace");
    String appId = selector.text("appId");
    Fields labels = selector.object("labels");
    Map<String, String> all = labels == null ? Map.of() : labels.allTexts();
    selector.rejectOthers();
    if (all.size() > PolicySelector.MOST_LABELS) {
      selector.problem("labels", "must be at most " + PolicySelector.MOST_LABELS);
      return PolicySelector.EVERYONE;
    }
    return new PolicySelector(namespace, appId, all);
  }
}
