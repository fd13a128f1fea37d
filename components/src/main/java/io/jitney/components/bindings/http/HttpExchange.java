package io.jitney.components.bindings.http;

import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.spi.ComponentException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One call: a request, those it is redirected to, and the answer read up to its limit. */
final class HttpExchange {
  private static final int MOST_REDIRECTS = 10;
  private static final String[] FOR_THIS_HOST = {
    "Authorization", "Www-Authenticate", "Cookie", "Cookie2"
  };

  private final HttpPool pool;
  private final HttpSettings settings;
  private final MultiMap headers;
  private final long deadlineNanos;
  private int redirects;
  private @Nullable HttpClientRequest sent;
  private boolean over;

  /**
   * @param patienceMillis for all of it
   */
  HttpExchange(HttpPool pool, HttpSettings settings, MultiMap headers, long patienceMillis) {
    this.pool = pool;
    this.settings = settings;
    this.headers = headers;
    this.deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
  }

  /** Fails with {@link ComponentException} and the message of Go's client. */
  Future<BindingResponse> run(HttpMethod method, String url, @Nullable Buffer body) {
    long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    return step(method, url, body)
        .timeout(Math.max(1, left), TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(explained(method, url, failure)));
  }

  private ComponentException explained(HttpMethod method, String url, Throwable failure) {
    HttpClientRequest running = sent;
    over = true;
    if (running != null) {
      running.reset();
    }
    return failure instanceof ComponentException known
        ? known
        : failure instanceof TimeoutException
            ? TargetUrl.failed(method.name(), url, "context deadline exceeded")
            : TargetUrl.failed(method.name(), url, String.valueOf(failure.getMessage()));
  }

  private Future<BindingResponse> step(HttpMethod method, String url, @Nullable Buffer body) {
    TargetUrl target;
    try {
      target = TargetUrl.parse(method.name(), url);
    } catch (ComponentException unreadable) {
      return Future.failedFuture(unreadable);
    }
    return pool.request(
            new RequestOptions()
                .setMethod(method)
                .setHost(target.host())
                .setPort(target.port())
                .setSsl(target.tls())
                .setURI(target.requestUri()))
        .compose(request -> send(request, target, url, body))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ComponentException
                        ? failure
                        : HttpFailures.explained(method.name(), url, target, failure)))
        .compose(response -> answered(method, url, target, body, response));
  }

  private Future<HttpClientResponse> send(
      HttpClientRequest request, TargetUrl target, String url, @Nullable Buffer body) {
    if (over) {
      request.reset();
      return Future.failedFuture(new ComponentException.Failed("context canceled"));
    }
    sent = request;
    request.exceptionHandler(broken -> {}); // the response future is told as well
    try {
      headers.forEach(request::putHeader);
      if (target.authorization() != null && !request.headers().contains("Authorization")) {
        request.putHeader("Authorization", target.authorization());
      }
    } catch (IllegalArgumentException invalid) {
      request.reset();
      return Future.failedFuture(
          TargetUrl.failed(
              request.getMethod().name(), url, "net/http: invalid header field name or value"));
    }
    return body == null ? request.send() : request.send(body);
  }

  private Future<BindingResponse> answered(
      HttpMethod method,
      String url,
      TargetUrl from,
      @Nullable Buffer body,
      HttpClientResponse response) {
    String location = response.getHeader("location");
    boolean same = response.statusCode() == 307 || response.statusCode() == 308;
    boolean moved = response.statusCode() >= 301 && response.statusCode() <= 303;
    if (location == null || location.isEmpty() || !(same || moved)) {
      return read(response);
    }
    if (++redirects >= MOST_REDIRECTS) {
      response.request().reset();
      return Future.failedFuture(
          TargetUrl.failed(method.name(), url, "stopped after " + MOST_REDIRECTS + " redirects"));
    }
    String to;
    try {
      to = new URI(url).resolve(new URI(location)).toString();
    } catch (URISyntaxException | IllegalArgumentException unreadable) {
      response.request().reset();
      return Future.failedFuture(
          TargetUrl.failed(
              method.name(), url, "failed to parse Location header \"" + location + "\""));
    }
    HttpMethod next = same || method == HttpMethod.HEAD ? method : HttpMethod.GET;
    try {
      forgetSecrets(from, next, to);
    } catch (ComponentException unreadable) {
      response.request().reset();
      return Future.failedFuture(unreadable);
    }
    return read(response).compose(unread -> step(next, to, next == method ? body : null));
  }

  /** Another host does not learn what was for the first. */
  private void forgetSecrets(TargetUrl from, HttpMethod method, String to) {
    String host = TargetUrl.parse(method.name(), to).host();
    if (!host.equalsIgnoreCase(from.host()) && !host.endsWith("." + from.host())) {
      for (String header : FOR_THIS_HOST) {
        headers.remove(header);
      }
      if (!settings.tokenHeader().isEmpty()) {
        headers.remove(settings.tokenHeader());
      }
    }
  }

  /** What is beyond the limit is not read. */
  private Future<BindingResponse> read(HttpClientResponse response) {
    Map<String, String> metadata = metadata(response);
    Promise<BindingResponse> promise = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        chunk -> {
          int room = (int) Math.min(settings.maxBody() - body.length(), chunk.length());
          body.appendBuffer(chunk, 0, room);
          if (room < chunk.length() && promise.tryComplete(new BindingResponse(body, metadata))) {
            response.request().reset();
          }
        });
    response.exceptionHandler(promise::tryFail);
    response.endHandler(end -> promise.tryComplete(new BindingResponse(body, metadata)));
    return promise.future();
  }

  private static Map<String, String> metadata(HttpClientResponse response) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String name : response.headers().names()) {
      metadata.merge(
          canonical(name), String.join(", ", response.headers().getAll(name)), (one, other) -> one);
    }
    metadata.put("statusCode", Integer.toString(response.statusCode()));
    metadata.put("status", (response.statusCode() + " " + response.statusMessage()).strip());
    return metadata;
  }

  /** {@code Content-Type}, as Go writes header names. */
  private static String canonical(String name) {
    StringBuilder out = new StringBuilder(name.toLowerCase(Locale.ROOT));
    boolean upper = true;
    for (int at = 0; at < out.length(); at++) {
      if (upper) {
        out.setCharAt(at, Character.toUpperCase(out.charAt(at)));
      }
      upper = out.charAt(at) == '-';
    }
    return out.toString();
  }
}
