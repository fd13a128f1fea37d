package io.jitney.daemon.invoke;

import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.http.BodyCollector;
import io.vertx.core.Future;
import java.util.function.Function;

/** Reads the body of a call for a target that takes whole messages. */
final class BodyReader {
  private BodyReader() {}

  /** Goes on with the body read, or answers what daprd does for one that is too long. */
  static Future<AppAnswer> whole(AppCall call, Function<AppCall, Future<AppAnswer>> next) {
    if (!(call.body() instanceof CallBody.Incoming incoming)) {
      return next.apply(call);
    }
    if (incoming.tooLong()) {
      return Future.succeededFuture(ToGrpcApp.tooLong(call, incoming.limit()));
    }
    return BodyCollector.collect(incoming.request(), incoming.limit(), call.memory())
        .transform(
            read -> {
              if (read.succeeded()) {
                return next.apply(call.with(new CallBody.Whole(read.result(), "")));
              }
              return switch (read.cause()) {
                case BodyTooLargeException tooLarge ->
                    Future.succeededFuture(ToGrpcApp.tooLong(call, incoming.limit()));
                case DaprException refused -> Future.failedFuture(refused);
                default -> Future.failedFuture(new CallerGoneException());
              };
            });
  }
}
