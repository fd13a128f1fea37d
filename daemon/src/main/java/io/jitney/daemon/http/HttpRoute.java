package io.jitney.daemon.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Set;

/**
 * One route of the HTTP API. Routes are the node's, one table for all tenants; the call carries the
 * instance.
 *
 * @param methods verbs it answers
 * @param version first path segment, {@code v1.0} for example
 * @param path the rest, {@code state/{store}/{key}}; {@code {x}} takes one segment, a last {@code
 *     *} takes the rest
 * @param group name used by API access lists, {@code state}
 * @param name name of the operation for API logs and metrics, {@code GetState}
 * @param pub whether the public port serves it too
 * @param handler does the work; a failed future is written as an error by the front
 */
public record HttpRoute(
    Set<HttpMethod> methods,
    String version,
    String path,
    String group,
    String name,
    boolean pub,
    Handler handler) {

  /** Handles one call; the future completes when the answer was given to the connection. */
  @FunctionalInterface
  public interface Handler {
    Future<?> handle(HttpCall call);
  }

  public static final Set<HttpMethod> GET = Set.of(HttpMethod.GET);
  public static final Set<HttpMethod> PUT = Set.of(HttpMethod.PUT);
  public static final Set<HttpMethod> POST = Set.of(HttpMethod.POST);
  public static final Set<HttpMethod> POST_PUT = Set.of(HttpMethod.POST, HttpMethod.PUT);
  public static final Set<HttpMethod> DELETE = Set.of(HttpMethod.DELETE);

  /** A route of the API port only. */
  public static HttpRoute of(
      Set<HttpMethod> methods,
      String version,
      String path,
      String group,
      String name,
      Handler handler) {
    return new HttpRoute(methods, version, path, group, name, false, handler);
  }
}
