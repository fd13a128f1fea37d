package io.jitney.daemon.resources;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code spec.accessControl}: which apps may call this one, and what. Checked for completeness when
 * it is read; evaluated by invocation. Immutable.
 *
 * @param defaultAction {@code allow} in any case; anything else, also an empty text, denies
 * @param trustDomain of this app, {@code public} by default
 * @param policies by calling app
 */
public record AccessControl(String defaultAction, String trustDomain, List<Policy> policies) {
  /** The only action that allows, and the default. */
  public static final String ALLOW = "allow";

  public AccessControl {
    policies = List.copyOf(policies);
  }

  /**
   * What one calling app may do.
   *
   * @param defaultAction for operations that are not listed; "" is to be read as {@link
   *     AccessControl#defaultAction}
   */
  public record Policy(
      String appId,
      String defaultAction,
      String trustDomain,
      String namespace,
      List<Operation> operations) {
    public Policy {
      operations = List.copyOf(operations);
    }
  }

  /**
   * An operation and who may use it.
   *
   * @param name path as written, possibly ending in {@code /*} or {@code /**}
   * @param httpVerbs verbs it is about; {@code *} for all
   * @param action {@code allow} or {@code deny}
   */
  public record Operation(String name, List<String> httpVerbs, String action) {
    public Operation {
      httpVerbs = List.copyOf(httpVerbs);
    }
  }

  /** What daprd ends with; "" when nothing is wrong. */
  String problem() {
    List<String> withoutTrustDomain = new ArrayList<>();
    List<String> withoutNamespace = new ArrayList<>();
    boolean withoutName = false;
    for (Policy policy : policies) {
      withoutName |= policy.appId().isEmpty();
      if (policy.trustDomain().isEmpty()) {
        withoutTrustDomain.add(policy.appId());
      }
      if (policy.namespace().isEmpty()) {
        withoutNamespace.add(policy.appId());
      }
    }
    if (withoutTrustDomain.isEmpty() && withoutNamespace.isEmpty() && !withoutName) {
      return "";
    }
    return ("invalid access control spec. missing trustdomain for apps: [%s], missing namespace for apps: [%s],"
            + " missing app name on at least one of the app policies: %s")
        .formatted(
            String.join(" ", withoutTrustDomain), String.join(" ", withoutNamespace), withoutName);
  }
}
