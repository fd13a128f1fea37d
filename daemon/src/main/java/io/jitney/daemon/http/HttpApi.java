package io.jitney.daemon.http;

import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.ErrorMapping;
import io.jitney.daemon.error.HttpErrorWriter;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.admission.Admission;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;

/**
 * What happens to a request on the HTTP API port, in order: clean path, API token, admission (before the body is
 * read), route, error writing. One object for the node; the instance comes with the connection.
 */
public final class HttpApi {
  private final RouteTable routes;
  private final HttpRoute.Handler otherwise;

  /**
   * @param routes all routes of all building blocks
   * @param otherwise what gets requests that no route matches: service invocation
   */
  public HttpApi(List<HttpRoute> routes, HttpRoute.Handler otherwise) {
    this.routes = new RouteTable(routes);
    this.otherwise = otherwise;
  }

  /** Handles a request of {@code instance}; on the connection's event loop. */
  public void handle(AppInstance instance, HttpServerRequest request) {
    request.pause();
    String path = RequestPath.clean(request.path());
    RouteTable.Match match;
    try {
      match = routes.find(request.method(), path, instance.apiAccess()::allows);
    } catch (RouteTable.BadEscape bad) {
      text(request, 400, String.valueOf(bad.getMessage()));
      return;
    }
    switch (instance.admission().admit()) {
      case Admission.Refused refused -> refuse(request, refused);
      case Admission.Admitted admitted -> {
        long start = System.nanoTime();
        HttpServerResponse response = request.response();
        response.endHandler(
            done -> {
              admitted.release();
              instance
                  .metrics()
                  .httpServer(
                      request.method().name(),
                      path,
                      response.getStatusCode(),
                      request.bytesRead(),
                      response.bytesWritten(),
                      System.nanoTime() - start);
            });
        HttpCall call =
            new HttpCall(instance, request, path, match == null ? Map.of() : match.parameters());
        run(match == null ? otherwise : match.route().handler(), call);
      }
    }
  }

  private static void run(HttpRoute.Handler handler, HttpCall call) {
    Future<?> done;
    try {
      done = handler.handle(call);
    } catch (RuntimeException failure) {
      done = Future.failedFuture(failure);
    }
    done.onFailure(failure -> error(call, ErrorMapping.of(failure)));
  }

  private static void error(HttpCall call, DaprError error) {
    HttpServerResponse response = call.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset(); // half an answer must not look like a whole one
      return;
    }
    call.json(error.httpStatus(), HttpErrorWriter.body(error));
  }

  private static void refuse(HttpServerRequest request, Admission.Refused refused) {
    DaprError error = AdmissionErrors.of(refused);
    long seconds = Math.max(1, (refused.retryAfterMillis() + 999) / 1000);
    request
        .response()
        .setStatusCode(error.httpStatus())
        .putHeader("content-type", "application/json")
        .putHeader("retry-after", Long.toString(seconds))
        .end(HttpErrorWriter.body(error));
    request.resume();
  }

  private static void text(HttpServerRequest request, int status, String text) {
    request.response().setStatusCode(status).putHeader("content-type", "text/plain; charset=utf-8").end(text);
    request.resume();
  }
}
