package io.jitney.daemon.invoke;

/**
 * Who calls, proved by the daemon: never by anything the call itself says.
 *
 * @param trustDomain of the caller's own Configuration
 */
public record CallerIdentity(String trustDomain, String namespace, String appId) {
  /** Of apps whose Configuration names none. */
  static final String DEFAULT_TRUST_DOMAIN = "public";

  /** As Dapr's certificates spell it. */
  String spiffeId() {
    return "spiffe://" + trustDomain + "/ns/" + namespace + "/" + appId;
  }
}
