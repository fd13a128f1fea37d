package io.jitney.daemon.invoke;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.jitney.daemon.error.InvokeErrors;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;

/** HTTP verbs, as Dapr's messages number them. Verbs that have no number become POST. */
final class Verb {
  private Verb() {}

  /** The verb of an HTTP request; its case does not matter. */
  static HTTPExtension.Verb of(HttpMethod method) {
    return switch (method.name().toUpperCase(Locale.ROOT)) {
      case "GET" -> HTTPExtension.Verb.GET;
      case "HEAD" -> HTTPExtension.Verb.HEAD;
      case "PUT" -> HTTPExtension.Verb.PUT;
      case "DELETE" -> HTTPExtension.Verb.DELETE;
      case "CONNECT" -> HTTPExtension.Verb.CONNECT;
      case "OPTIONS" -> HTTPExtension.Verb.OPTIONS;
      case "TRACE" -> HTTPExtension.Verb.TRACE;
      case "PATCH" -> HTTPExtension.Verb.PATCH;
      default -> HTTPExtension.Verb.POST;
    };
  }

  /**
   * The request method towards an HTTP app.
   *
   * @throws InvokeException for NONE and CONNECT
   */
  static HttpMethod toHttp(HTTPExtension.Verb verb) {
    return switch (verb) {
      case GET -> HttpMethod.GET;
      case HEAD -> HttpMethod.HEAD;
      case POST -> HttpMethod.POST;
      case PUT -> HttpMethod.PUT;
      case DELETE -> HttpMethod.DELETE;
      case OPTIONS -> HttpMethod.OPTIONS;
      case TRACE -> HttpMethod.TRACE;
      case PATCH -> HttpMethod.PATCH;
      case NONE, CONNECT, UNRECOGNIZED -> throw new InvokeException(InvokeErrors.invalidVerb());
    };
  }
}
