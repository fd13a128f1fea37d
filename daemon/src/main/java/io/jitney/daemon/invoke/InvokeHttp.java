package io.jitney.daemon.invoke;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.instance.AppInstance;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Objects;

/** Service invocation over HTTP: gets every request that no route matches. */
public final class InvokeHttp {
  private final InvokeApi api;

  public InvokeHttp(InvokeApi api) {
    this.api = api;
  }

  /**
   * Completes when the answer was given; a failure is an error to write, or to cut the answer off
   * with.
   */
  public Future<Void> invoke(HttpCall call) {
    HttpServerRequest request = call.request();
    HttpTarget target =
        HttpTarget.find(Objects.requireNonNullElse(request.path(), ""), request.headers());
    if (target == null) {
      throw InvokeErrors.noTarget().exception();
    }
    AppCall appCall;
    try {
      appCall = appCall(call, MethodName.normalise(target.method()));
    } catch (InvokeException refused) {
      throw InvokeErrors.failed(target.id(), refused.text()).exception();
    }
    Cancellation cancellation = appCall.cancellation();
    HttpServerResponse response = call.response();
    response.exceptionHandler(gone -> cancellation.cancel());
    response.closeHandler(gone -> cancellation.cancel());
    return api.invoke(call.instance(), target.id(), appCall)
        .compose(answer -> write(call, appCall, answer))
        .onComplete(
            done -> {
              if (done.failed()) {
                cancellation.cancel();
              }
              cancellation.over();
            })
        .recover(cause -> Future.failedFuture(explained(target.id(), cause)));
  }

  private static AppCall appCall(HttpCall call, String method) {
    HttpServerRequest request = call.request();
    AppInstance instance = call.instance();
    String query = request.query();
    String type = request.headers().get("content-type");
    HTTPExtension.Verb verb = Verb.of(request.method());
    if (verb == HTTPExtension.Verb.CONNECT) {
      throw new InvokeException(InvokeErrors.invalidVerb());
    }
    CallBody body = CallBody.of(request, instance.settings().maxBodySize());
    if (body instanceof CallBody.None) {
      request.resume(); // nothing comes; its end need not wait for the answer
    }
    return new AppCall(
        false,
        verb,
        method,
        query == null ? "" : query,
        request.headers(),
        type == null ? "" : type,
        body,
        call.trace(),
        null,
        !instance.settings().apiToken().isEmpty(),
        new Cancellation(),
        instance.account(),
        call.memory());
  }

  private static Future<Void> write(HttpCall call, AppCall appCall, AppAnswer answer) {
    if (appCall.cancellation().cancelled()) {
      return Future.failedFuture(new CallerGoneException());
    }
    return switch (answer) {
      case AppAnswer.Grpc grpc -> GrpcAnswerWriter.write(call, grpc.answer());
      case AppAnswer.Http http -> {
        String type = http.headers().get("content-type");
        if (http.eventStream() || (type != null && type.startsWith("text/event-stream"))) {
          call.becomesStream();
        }
        yield new AnswerWriter(call, http, appCall.streaming()).write(http.eventStream());
      }
    };
  }

  private static Throwable explained(String id, Throwable cause) {
    return cause instanceof InvokeException failed
        ? failed.denied()
            ? InvokeErrors.denied(id, failed.text()).exception()
            : InvokeErrors.failed(id, failed.text()).exception()
        : cause;
  }
}
