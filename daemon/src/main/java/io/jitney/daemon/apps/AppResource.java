package io.jitney.daemon.apps;

import io.jitney.daemon.wake.WakeRule;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.policy.PolicyOrigin;
import io.jitney.tenancy.policy.PolicySubject;
import io.jitney.tenancy.policy.PolicyValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One app as an apps file declares it. Immutable; holds references to secrets, never secrets.
 *
 * @param appId {@code spec.appId}, or {@code metadata.name} if that is left out
 * @param namespace {@code metadata.namespace}; "" if left out, which is an app without {@code
 *     NAMESPACE}
 * @param labels {@code metadata.labels}: policies select by them
 * @param file where it stands
 * @param document which document of the file, from 1
 * @param app where the app is called; null: it only calls
 * @param resourcesPaths folders of resources, absolute; empty: the daemon's {@code
 *     --resources-path}
 * @param configPaths Configuration files, absolute
 * @param scopes names of the components that it may use out of these folders; null: all that are
 *     scoped to it
 * @param apiToken how it is known by token; null: it has none
 * @param sourceAddresses addresses and CIDR ranges that it calls from; empty: not known by address
 * @param quota what it sets of the fields of a policy, before all policies
 * @param env environment that its components see, besides what daprd sets; nothing of the daemon's
 *     own
 * @param flags further flags of daprd by name, without dashes
 * @param scaleToZero how it is kept and woken while it is away; null: it is meant to be there
 */
public record AppResource(
    String appId,
    String namespace,
    Map<String, String> labels,
    Path file,
    int document,
    @Nullable Target app,
    List<Path> resourcesPaths,
    List<Path> configPaths,
    @Nullable Set<String> scopes,
    @Nullable SecretReference apiToken,
    List<String> sourceAddresses,
    PolicyValues quota,
    Map<String, String> env,
    Map<String, String> flags,
    @Nullable WakeRule scaleToZero) {

  private static final WakeRule ANY_RULE = new WakeRule(null, false, 0, 0, 0, Path.of(""));

  /**
   * Ports that an app may ask for; with any of them it has listeners of its own beside the node's.
   */
  static final Set<String> PORTS =
      Set.of(
          "dapr-http-port",
          "dapr-grpc-port",
          "dapr-internal-grpc-port",
          "dapr-public-port",
          "metrics-port");

  /**
   * Where and how the app is called.
   *
   * @param host name or address
   * @param port 1 to 65535
   * @param protocol http, https, h2c, grpc or grpcs
   * @param maxConcurrency calls at once; 0: no limit
   * @param healthCheck null: off
   * @param token what the daemon sends to the app as {@code dapr-api-token}; null: none
   */
  public record Target(
      String host,
      int port,
      String protocol,
      int maxConcurrency,
      @Nullable HealthCheck healthCheck,
      @Nullable SecretReference token) {}

  /**
   * @param path HTTP path with leading slash; for gRPC apps without meaning
   * @param intervalSeconds between probes
   * @param timeoutMillis of one probe
   * @param threshold failures in a row until the app counts as unhealthy
   */
  public record HealthCheck(String path, int intervalSeconds, int timeoutMillis, int threshold) {}

  /** The tenant: without a namespace it is in "default", as daprd says of itself. */
  public TenantId id() {
    return new TenantId(namespace.isEmpty() ? "default" : namespace, appId);
  }

  /** As policies see it. */
  PolicySubject subject() {
    return new PolicySubject(
        id(),
        labels,
        quota,
        new PolicyOrigin(PolicyOrigin.Kind.APP, id().toString(), file.toString(), document));
  }

  /** Whether it asks for listeners of its own. */
  public boolean hasOwnPorts() {
    return flags.keySet().stream().anyMatch(PORTS::contains);
  }

  /**
   * Whether {@code other} can be had from this one without opening the app anew: only labels,
   * quota, API token, source addresses and how it is woken differ, which act before the app is
   * reached.
   */
  boolean needsNoReopen(AppResource other) {
    return comparable().equals(other.comparable());
  }

  private AppResource comparable() {
    // On listeners of its own the token is checked by the instance, which was made with it.
    SecretReference token = hasOwnPorts() ? apiToken : null;
    return new AppResource(
        appId,
        namespace,
        Map.of(),
        file,
        0,
        app,
        resourcesPaths,
        configPaths,
        scopes,
        token,
        List.of(),
        PolicyValues.NONE,
        env,
        flags,
        scaleToZero == null ? null : ANY_RULE);
  }
}
