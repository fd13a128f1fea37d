package io.jitney.daemon.invoke;

import io.jitney.daemon.resources.AccessControl;
import io.jitney.tenancy.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An app's access control, ready to be asked (spec 03 section 7.9). Immutable.
 *
 * <p>Without an identity of the caller (no mTLS) only the global action counts, as in daprd:
 * policies name apps, and nobody is proved to be one.
 */
public final class AccessRules {
  private static final String ANY_VERB = "*";

  /**
   * What was decided.
   *
   * @param byPolicy whether a policy for the caller decided, not the global action
   */
  public record Decision(boolean allowed, boolean byPolicy) {}

  private record Policy(String defaultAction, String trustDomain, OperationTree operations) {}

  private final String defaultAction;
  private final boolean http;
  private final Map<TenantId, Policy> policies = new HashMap<>();

  /**
   * @param http whether the app speaks HTTP: operations ignore case and verbs count
   */
  public AccessRules(AccessControl control, boolean http) {
    this.defaultAction = control.defaultAction();
    this.http = http;
    for (AccessControl.Policy policy : control.policies()) {
      policies.putIfAbsent(
          new TenantId(policy.namespace(), policy.appId()),
          new Policy(
              policy.defaultAction(),
              policy.trustDomain(),
              new OperationTree(policy.operations(), http)));
    }
  }

  /**
   * @param caller null when it is not proved
   * @param operation with or without leading slash
   * @param verb upper case; {@code NONE} for gRPC
   */
  public Decision decide(@Nullable CallerIdentity caller, String operation, String verb) {
    Policy policy =
        caller == null ? null : policies.get(new TenantId(caller.namespace(), caller.appId()));
    if (caller == null || policy == null || !policy.trustDomain().equals(caller.trustDomain())) {
      return new Decision(allows(defaultAction), false);
    }
    String action = policy.defaultAction().isEmpty() ? defaultAction : policy.defaultAction();
    String path = operation.startsWith("/") ? operation : "/" + operation;
    OperationTree.Rule rule = policy.operations().find(http ? path.toLowerCase(Locale.ROOT) : path);
    if (rule == null) {
      return new Decision(allows(action), true);
    }
    if (!http) {
      return new Decision(allows(rule.action()), true);
    }
    if (verb.equals("NONE")) {
      return new Decision(allows(policy.defaultAction()), true);
    }
    boolean concerned = rule.verbs().contains(verb) || rule.verbs().contains(ANY_VERB);
    return new Decision(allows(concerned ? rule.action() : action), true);
  }

  private static boolean allows(String action) {
    return action.equalsIgnoreCase(AccessControl.ALLOW);
  }

  /**
   * Operations by path segment. The first child that matches is taken and never given up again; one
   * with a rule also covers what is below it. {@code *} alone is one last segment, {@code **} any
   * rest, {@code *} inside a segment anything.
   */
  static final class OperationTree {
    record Rule(Set<String> verbs, String action) {}

    private static final class Node {
      final String segment;
      final List<Node> children = new ArrayList<>(2);
      @Nullable Rule rule;

      Node(String segment) {
        this.segment = segment;
      }
    }

    private final Node root = new Node("");

    OperationTree(List<AccessControl.Operation> operations, boolean ignoreCase) {
      for (AccessControl.Operation operation : operations) {
        String name = operation.name().startsWith("/") ? operation.name() : "/" + operation.name();
        add(ignoreCase ? name.toLowerCase(Locale.ROOT) : name, operation);
      }
    }

    private void add(String name, AccessControl.Operation operation) {
      Node node = root;
      for (String segment : name.substring(1).split("/", -1)) {
        Node next = null;
        for (Node child : node.children) {
          if (child.segment.equals(segment)) {
            next = child;
          }
        }
        if (next == null) {
          next = new Node(segment);
          node.children.add(next);
        }
        node = next;
      }
      if (node.rule == null) {
        node.rule = new Rule(new HashSet<>(operation.httpVerbs()), operation.action());
      }
    }

    @Nullable Rule find(String path) {
      String[] segments = path.substring(1).split("/", -1);
      Node node = root;
      for (int i = 0; i < segments.length; i++) {
        boolean last = i == segments.length - 1;
        Node child = match(node, segments[i], last);
        if (child == null) {
          return null;
        }
        if (child.rule != null) {
          return child.rule;
        }
        node = child;
      }
      Node any = match(node, "", true); // /a is also what /a/* covers
      return any == null || !any.segment.startsWith("*") ? null : any.rule;
    }

    private static @Nullable Node match(Node node, String segment, boolean last) {
      for (Node child : node.children) {
        boolean matches =
            switch (child.segment) {
              case "*" -> last;
              case "**" -> true;
              default ->
                  child.segment.indexOf('*') < 0
                      ? child.segment.equals(segment)
                      : glob(child.segment, segment);
            };
        if (matches) {
          return child;
        }
      }
      return null;
    }

    /**
     * Linear in practice, and never worse than the product of the lengths: patterns and paths are
     * strangers'.
     */
    private static boolean glob(String pattern, String text) {
      int p = 0;
      int t = 0;
      int star = -1;
      int resume = 0;
      while (t < text.length()) {
        if (p < pattern.length() && pattern.charAt(p) == '*') {
          star = p++;
          resume = t;
        } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
          p++;
          t++;
        } else if (star >= 0) {
          p = star + 1;
          t = ++resume;
        } else {
          return false;
        }
      }
      while (p < pattern.length() && pattern.charAt(p) == '*') {
        p++;
      }
      return p == pattern.length();
    }
  }
}
