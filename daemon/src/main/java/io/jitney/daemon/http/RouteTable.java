package io.jitney.daemon.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a cleaned, still escaped path. Static segments beat parameters, parameters
 * beat a trailing {@code *}. Immutable and shared by all tenants.
 */
final class RouteTable {
  /** What was found: the route and its decoded parameters. */
  record Match(HttpRoute route, Map<String, String> parameters) {}

  /** A path parameter with a broken escape. */
  static final class BadEscape extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadEscape(String parameter) {
      super("failed to unescape request parameter \"" + parameter + "\"", null, false, false);
    }
  }

  private static final class Node {
    final Map<String, Node> fixed = new HashMap<>();
    @Nullable Node any;
    final List<HttpRoute> here = new ArrayList<>(2);
    final List<HttpRoute> rest = new ArrayList<>(0);
  }

  private static final List<HttpMethod> VERBS =
      List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE);

  private final Node root = new Node();

  RouteTable(List<HttpRoute> routes) {
    for (HttpRoute route : routes) {
      Node node = root;
      boolean rest = false;
      for (String segment : (route.version() + "/" + route.path()).split("/")) {
        if (segment.equals("*")) {
          rest = true;
        } else if (segment.startsWith("{")) {
          if (node.any == null) {
            node.any = new Node();
          }
          node = node.any;
        } else {
          node = node.fixed.computeIfAbsent(segment, s -> new Node());
        }
      }
      (rest ? node.rest : node.here).add(route);
    }
  }

  /**
   * The route of {@code path}, or null; routes for which {@code allowed} is false count as not
   * registered.
   */
  @Nullable Match find(
      HttpMethod method, String path, java.util.function.Predicate<HttpRoute> allowed) {
    String[] segments = path.substring(1).split("/", -1);
    HttpRoute route = find(root, segments, 0, method, allowed);
    return route == null ? null : new Match(route, parameters(route, segments));
  }

  /** Verbs of the routes at {@code path}, for 405 answers; empty when there is none. */
  List<String> methodsOf(String path, java.util.function.Predicate<HttpRoute> allowed) {
    List<String> methods = new ArrayList<>();
    String[] segments = path.substring(1).split("/", -1);
    for (HttpMethod method : VERBS) {
      if (find(root, segments, 0, method, allowed) != null) {
        methods.add(method.name());
      }
    }
    return methods;
  }

  private static @Nullable HttpRoute find(
      Node node,
      String[] segments,
      int at,
      HttpMethod method,
      java.util.function.Predicate<HttpRoute> allowed) {
    if (at == segments.length) {
      return pick(node.here, method, allowed);
    }
    Node fixed = node.fixed.get(segments[at]);
    HttpRoute found = fixed == null ? null : find(fixed, segments, at + 1, method, allowed);
    if (found == null && node.any != null && !segments[at].isEmpty()) {
      found = find(node.any, segments, at + 1, method, allowed);
    }
    return found != null ? found : pick(node.rest, method, allowed);
  }

  private static @Nullable HttpRoute pick(
      List<HttpRoute> routes, HttpMethod method, java.util.function.Predicate<HttpRoute> allowed) {
    for (HttpRoute route : routes) {
      if (route.methods().contains(method) && allowed.test(route)) {
        return route;
      }
    }
    return null;
  }

  private static Map<String, String> parameters(HttpRoute route, String[] segments) {
    if (route.path().indexOf('{') < 0 && !route.path().endsWith("*")) {
      return Map.of();
    }
    Map<String, String> parameters = new HashMap<>(4);
    String[] names = route.path().split("/");
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals("*")) {
        StringBuilder rest = new StringBuilder();
        for (int j = i + 1; j < segments.length; j++) {
          rest.append(j == i + 1 ? "" : "/").append(segments[j]);
        }
        parameters.put("*", decode(rest.toString()));
      } else if (names[i].startsWith("{")) {
        parameters.put(names[i].substring(1, names[i].length() - 1), decode(segments[i + 1]));
      }
    }
    return parameters;
  }

  private static String decode(String segment) {
    try {
      return RequestQuery.decode(segment);
    } catch (IllegalArgumentException bad) {
      throw new BadEscape(segment);
    }
  }
}
