package io.jitney.daemon.bindings;

import io.jitney.components.bindings.BindingRequest;
import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.DaprErrors;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.http.HttpRoute;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** HTTP front of the output bindings. */
public final class BindingsHttp {
  private final BindingsApi api;

  public BindingsHttp(BindingsApi api) {
    this.api = api;
  }

  public List<HttpRoute> routes() {
    return List.of(
        HttpRoute.of(
            HttpRoute.POST_PUT,
            "v1.0",
            "bindings/{name}",
            "bindings",
            "InvokeBinding",
            this::invoke));
  }

  private Future<Void> invoke(HttpCall call) {
    String name = call.parameter("name");
    Trace trace = call.trace();
    return call.body()
        .recover(BindingsHttp::tooLarge)
        .compose(body -> call.work(body.length(), () -> parse(body)))
        .compose(
            body ->
                api.invoke(
                    call.instance(),
                    trace == null ? null : trace.traceparent(),
                    name,
                    new BindingRequest(body.operation(), body.data(), metadata(call, body))))
        .compose(answer -> answer(call, answer));
  }

  private static Future<Buffer> tooLarge(Throwable failure) {
    return Future.failedFuture(
        failure instanceof BodyTooLargeException
            ? DaprErrors.malformedBody(String.valueOf(failure.getMessage())).exception()
            : failure);
  }

  private static InvokeBody parse(Buffer body) {
    try {
      return InvokeBody.parse(body);
    } catch (GoJsonException bad) {
      throw DaprErrors.malformedBody(String.valueOf(bad.getMessage())).exception();
    }
  }

  /** The trace of the call replaces what the body says of one. */
  private static Map<String, String> metadata(HttpCall call, InvokeBody body) {
    Trace trace = call.trace();
    String baggage = call.request().getHeader("baggage");
    if (trace == null && baggage == null) {
      return body.metadata();
    }
    Map<String, String> metadata = new HashMap<>(body.metadata());
    if (trace != null) {
      metadata.put("traceparent", trace.traceparent());
      if (!trace.tracestate().isEmpty()) {
        metadata.put("tracestate", trace.tracestate());
      }
    }
    if (baggage != null) {
      metadata.put("baggage", baggage);
    }
    return metadata;
  }

  private static Future<Void> answer(HttpCall call, BindingAnswer answer) {
    AnswerMetadata.put(answer.response().metadata(), call.response().headers());
    DaprError error = answer.error();
    if (error != null) {
      return Future.failedFuture(error.exception());
    }
    Buffer data = answer.response().data();
    return data == null ? call.noContent() : call.json(200, data);
  }
}
