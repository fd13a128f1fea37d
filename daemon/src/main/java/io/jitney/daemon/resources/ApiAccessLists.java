package io.jitney.daemon.resources;

import io.jitney.daemon.http.HttpRoute;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The lists of {@code spec.api}: what is denied is closed; where something is allowed, the rest is
 * closed (spec 01 section 7). Health can not be denied.
 */
final class ApiAccessLists implements ApiAccess {
  /**
   * One entry as written.
   *
   * @param protocol {@code http} or {@code grpc}; an entry without it matches nothing
   */
  record Rule(String name, String version, String protocol) {}

  /**
   * What gRPC rules may name; others are ignored, so that a list of unknown names restricts
   * nothing.
   */
  private static final Set<String> GRPC_KEYS =
      Set.of(
          "invoke.v1",
          "state.v1",
          "state.v1alpha1",
          "publish.v1",
          "publish.v1alpha1",
          "subscribe.v1",
          "subscribe.v1alpha1",
          "bindings.v1",
          "secrets.v1",
          "actors.v1",
          "actors.v1alpha1",
          "metadata.v1",
          "configuration.v1",
          "configuration.v1alpha1",
          "lock.v1alpha1",
          "unlock.v1alpha1",
          "crypto.v1alpha1",
          "subtlecrypto.v1alpha1",
          "workflows.v1",
          "workflows.v1alpha1",
          "workflows.v1beta1",
          "jobs.v1",
          "jobs.v1alpha1",
          "shutdown.v1",
          "conversation.v1alpha1",
          "conversation.v1alpha2");

  private static final Pattern PARAMETER = Pattern.compile("\\{[^}/]*}");

  private final Set<String> allowedHttp;
  private final Set<String> deniedHttp;
  private final Set<String> allowedGrpc;
  private final Set<String> deniedGrpc;

  private ApiAccessLists(Collection<Rule> allowed, Collection<Rule> denied) {
    allowedHttp = http(allowed);
    deniedHttp = http(denied);
    allowedGrpc = grpc(allowed);
    deniedGrpc = grpc(denied);
  }

  static ApiAccess of(List<Rule> allowed, List<Rule> denied) {
    return allowed.isEmpty() && denied.isEmpty() ? ALL : new ApiAccessLists(allowed, denied);
  }

  private static Set<String> http(Collection<Rule> rules) {
    Set<String> keys = new HashSet<>();
    for (Rule rule : rules) {
      if (rule.protocol().toLowerCase(Locale.ROOT).equals("http")) {
        keys.add(withoutNames(rule.version() + "/" + rule.name()));
      }
    }
    return Set.copyOf(keys);
  }

  private static Set<String> grpc(Collection<Rule> rules) {
    Set<String> keys = new HashSet<>();
    for (Rule rule : rules) {
      String key = rule.name() + "." + rule.version();
      if (rule.protocol().equals("grpc") && GRPC_KEYS.contains(key)) {
        keys.add(key);
      }
    }
    return Set.copyOf(keys);
  }

  /** What parameters of a route are called is nobody's business. */
  private static String withoutNames(String route) {
    return route.indexOf('{') < 0 ? route : PARAMETER.matcher(route).replaceAll("{}");
  }

  @Override
  public boolean allows(HttpRoute route) {
    if (route.group().equals("healthz")) {
      return true;
    }
    if (!deniedHttp.isEmpty() && matches(deniedHttp, route)) {
      return false;
    }
    return allowedHttp.isEmpty() || matches(allowedHttp, route);
  }

  private static boolean matches(Set<String> keys, HttpRoute route) {
    String version = route.version();
    String groupVersion =
        version.startsWith("v1.0") ? "v1" + version.substring(4).replace("-", "") : version;
    if (keys.contains(groupVersion + "/" + route.group())) {
      return true;
    }
    String whole = withoutNames(version + "/" + route.path());
    for (String key : keys) {
      if (whole.startsWith(key)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean allowsGrpc(String accessKey) {
    if (accessKey.isEmpty()) {
      return true;
    }
    return !deniedGrpc.contains(accessKey)
        && (allowedGrpc.isEmpty() || allowedGrpc.contains(accessKey));
  }
}
