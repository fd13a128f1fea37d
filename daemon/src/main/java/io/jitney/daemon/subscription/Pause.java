package io.jitney.daemon.subscription;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something that is done a moment later, in the context of the caller. */
final class Pause {
  private static final long MILLIS = 250;

  private Pause() {}

  static <T extends @Nullable Object> Future<T> then(Supplier<Future<T>> next) {
    Context here = Vertx.currentContext();
    if (here == null) {
      return Future.failedFuture(new IllegalStateException("not on an event loop of the node"));
    }
    Promise<T> promise = Promise.promise();
    here.owner().setTimer(MILLIS, late -> next.get().onComplete(promise));
    return promise.future();
  }
}
