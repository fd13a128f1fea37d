package io.jitney.daemon.http;

import io.jitney.daemon.admission.Discard;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.HttpErrorWriter;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** The answers that Go's net/http and its helpers give in plain text, before or beside the API. */
public final class PlainAnswers {
  private static final String TEXT = "text/plain; charset=utf-8";

  private PlainAnswers() {}

  /** As Go's {@code http.Error}: text with a newline, and nosniff. */
  static void error(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", TEXT)
        .putHeader("x-content-type-options", "nosniff")
        .end(text + "\n");
  }

  /** As {@link #error}, to a caller whose body, if there is one, nobody will read. */
  public static void refuse(HttpServerRequest request, int status, String text) {
    error(request, status, text);
    Discard.rest(request);
  }

  /** An error of the catalogue, to a caller whose body nobody will read. */
  public static void refuse(HttpServerRequest request, DaprError error) {
    request
        .response()
        .setStatusCode(error.httpStatus())
        .putHeader("content-type", "application/json")
        .end(HttpErrorWriter.body(error));
    Discard.rest(request);
  }

  static void notFound(HttpServerRequest request) {
    error(request, 404, "404 page not found");
  }

  /** 405 with one {@code Allow} header per verb and no body. */
  static void methodNotAllowed(HttpServerRequest request, Iterable<String> allowed) {
    request.response().setStatusCode(405).putHeader("allow", allowed).end();
  }

  /** What Go's server says of a request it can not parse; it closes the connection. */
  static void badRequest(HttpServerRequest request) {
    closing(request, 400, "400 Bad Request");
  }

  /**
   * Handler of requests that the codec could not decode: headers over the limit are 431, the rest
   * 400.
   */
  public static void undecodable(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException) {
      closing(request, 431, "431 Request Header Fields Too Large");
    } else {
      badRequest(request);
    }
  }

  private static void closing(HttpServerRequest request, int status, String text) {
    HttpServerResponse response = request.response();
    response.setStatusCode(status).putHeader("content-type", TEXT).putHeader("connection", "close");
    response.end(text).onComplete(sent -> request.connection().close());
  }
}
