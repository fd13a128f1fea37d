package io.jitney.components.bindings.http;

import io.jitney.components.bindings.BindingFailure;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.GoText;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code bindings.http}: one HTTP/1.1 request for each call, redirects followed. At most {@value
 * #MOST_AT_ONCE} calls of a component run at one time.
 */
public final class HttpBinding implements OutputBinding {
  static final int MOST_AT_ONCE = 512;

  private static final String JSON = "application/json; charset=utf-8";
  private static final List<String> OPERATIONS =
      List.of("create", "get", "head", "post", "put", "patch", "delete", "options", "trace");

  private final HttpSettings settings;
  private final SharedPools.Lease<HttpPool> lease;
  private final AtomicInteger running = new AtomicInteger();

  private HttpBinding(HttpSettings settings, SharedPools.Lease<HttpPool> lease) {
    this.settings = settings;
    this.lease = lease;
  }

  /** The factory. Connects to nobody. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    Promise<OutputBinding> promise = Promise.promise();
    Thread.ofVirtual()
        .name("open " + spec.name())
        .start(
            () -> {
              try {
                HttpSettings settings =
                    HttpSettings.of(spec.metadata(), opening.workingDirectory());
                SharedPools.Lease<HttpPool> lease =
                    opening
                        .node()
                        .pools()
                        .borrow(
                            settings.poolKey(),
                            HttpPool.class,
                            () -> new HttpPool(opening.node().vertx(), settings));
                promise.complete(new HttpBinding(settings, lease));
              } catch (ComponentException known) {
                promise.fail(known);
              } catch (IOException | RuntimeException failure) { // may quote a key
                promise.fail(new ComponentException.Failed("failed to read MTLS settings"));
              }
            });
    return promise.future();
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    String verb = request.operation().toUpperCase(Locale.ROOT);
    HttpMethod method = verb.equals("CREATE") ? HttpMethod.POST : HttpMethod.valueOf(verb);
    Map<String, String> metadata = request.metadata();
    String url = settings.url();
    String path = metadata.get("path");
    if (path != null) {
      url = trimRight(url) + "/" + trimLeft(path);
    }
    String asked = metadata.get("errorIfNot2XX");
    boolean strict = asked == null ? settings.errorIfNot2xx() : GoText.isTruthy(asked);
    if (running.incrementAndGet() > MOST_AT_ONCE) {
      running.decrementAndGet();
      return Future.failedFuture(
          new ComponentException.Overloaded("too many requests are under way"));
    }
    Future<BindingResponse> answer;
    try {
      long limit = context.remainingMillis();
      long patience = settings.responseTimeout().toMillis();
      HttpExchange exchange =
          new HttpExchange(
              lease.client(),
              settings,
              headers(metadata),
              patience > 0 ? Math.min(patience, limit) : limit);
      answer = exchange.run(method, url, hasBody(method) ? request.data() : null);
    } catch (ComponentException failure) {
      answer = Future.failedFuture(failure);
    }
    return answer
        .onComplete(done -> running.decrementAndGet())
        .compose(response -> checked(response, strict));
  }

  private static Future<BindingResponse> checked(BindingResponse response, boolean strict) {
    String status = response.metadata().getOrDefault("statusCode", "");
    return strict && !status.startsWith("2")
        ? Future.failedFuture(new BindingFailure("received status code " + status, response))
        : Future.succeededFuture(response);
  }

  private static boolean hasBody(HttpMethod method) {
    return method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH;
  }

  /** Metadata that begin with a capital letter, on top of the defaults; the trace wins. */
  private MultiMap headers(Map<String, String> metadata) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.set("Content-Type", JSON);
    headers.set("Accept", JSON);
    headers.set("User-Agent", "Go-http-client/1.1");
    if (!settings.token().isEmpty() && !settings.tokenHeader().isEmpty()) {
      headers.set(settings.tokenHeader(), settings.token());
    }
    metadata.forEach(
        (key, value) -> {
          if (!key.isEmpty() && Character.isUpperCase(key.codePointAt(0)) && !ours(key)) {
            headers.set(key, value);
          }
        });
    for (String trace : new String[] {"traceparent", "tracestate", "baggage"}) {
      set(headers, trace, metadata.get(trace));
    }
    return headers;
  }

  private static void set(MultiMap headers, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      headers.set(name, value);
    }
  }

  /** What the client sets by itself, as Go's. */
  private static boolean ours(String header) {
    return switch (header.toLowerCase(Locale.ROOT)) {
      case "host", "content-length", "transfer-encoding", "trailer", "connection", "upgrade" ->
          true;
      default -> false;
    };
  }

  private static String trimRight(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  private static String trimLeft(String text) {
    int begin = 0;
    while (begin < text.length() && text.charAt(begin) == '/') {
      begin++;
    }
    return text.substring(begin);
  }

  @Override
  public Future<Void> close() {
    return lease.release();
  }
}
