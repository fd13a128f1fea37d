package io.jitney.daemon.invoke;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;

/** Makes an answer of a response whose body is still to come. */
final class HttpAnswers {
  private HttpAnswers() {}

  /**
   * @param unpack whether compression was the daemon's idea: a compressed body is then unpacked on
   *     its way
   */
  static AppAnswer.Http of(HttpExchange exchange, HttpClientResponse response, boolean unpack) {
    MultiMap headers = response.headers();
    if (unpack && "gzip".equalsIgnoreCase(headers.get("content-encoding"))) {
      headers.remove("content-encoding");
      return new AppAnswer.Http(
          response.statusCode(), headers, -1, new GunzipStream(response), exchange, false);
    }
    return new AppAnswer.Http(
        response.statusCode(), headers, length(headers), response, exchange, false);
  }

  private static long length(MultiMap headers) {
    String length = headers.get("content-length");
    if (length == null) {
      return -1;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException unreadable) {
      return -1;
    }
  }
}
