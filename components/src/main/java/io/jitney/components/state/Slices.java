package io.jitney.components.state;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Long work on an event loop, done in slices: between two of them the loop serves others, as it is
 * theirs too.
 */
public final class Slices {
  private Slices() {}

  /**
   * Calls {@code step} with 0 to {@code size - 1}, so many times in one turn of the calling loop.
   * What fits one turn is done when this returns.
   *
   * @return fails with what a step throws; no further step is taken then
   */
  public static Future<Void> each(int size, int perTurn, IntConsumer step) {
    Context context = size <= perTurn ? null : Vertx.currentContext();
    return each(0, size, context == null ? Math.max(size, 1) : perTurn, step, context);
  }

  private static Future<Void> each(
      int from, int size, int perTurn, IntConsumer step, @Nullable Context context) {
    int to = Math.min(size, from + perTurn);
    try {
      for (int i = from; i < to; i++) {
        step.accept(i);
      }
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
    if (to >= size || context == null) {
      return Future.succeededFuture();
    }
    Promise<Void> rest = Promise.promise();
    context.runOnContext(go -> each(to, size, perTurn, step, context).onComplete(rest));
    return rest.future();
  }
}
