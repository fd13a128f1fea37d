package io.jitney.daemon.policy;

/** The kinds of documents that are policies. */
public final class PolicyKind {
  /** Values for the tenants that it selects. */
  public static final String POLICY = "TenantPolicy";

  /** Named defaults that policies refer to. */
  public static final String CLASS = "TenantPolicyClass";

  private PolicyKind() {}

  /** Whether a document of that kind is read by {@link PolicyParser}. */
  public static boolean isOne(String kind) {
    return kind.equals(POLICY) || kind.equals(CLASS);
  }
}
