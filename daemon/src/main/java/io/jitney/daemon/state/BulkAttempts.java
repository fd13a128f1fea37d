package io.jitney.daemon.state;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkFailure;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Many writes under a policy: a repetition makes only those that failed and that another attempt
 * may help. A mismatch of ETags is an answer, not an accident.
 */
final class BulkAttempts<R> {
  private final BiFunction<CallContext, List<R>, Future<Void>> write;
  private final Function<R, String> key;
  private final List<BulkFailure.Item> refused = new ArrayList<>();
  private List<R> left;

  private BulkAttempts(
      List<R> all, Function<R, String> key, BiFunction<CallContext, List<R>, Future<Void>> write) {
    this.left = all;
    this.key = key;
    this.write = write;
  }

  /**
   * Runs all of it.
   *
   * @param key the finished key of a request
   */
  static <R> Future<Void> run(
      StateCall call,
      List<R> all,
      Function<R, String> key,
      BiFunction<CallContext, List<R>, Future<Void>> write) {
    BulkAttempts<R> attempts = new BulkAttempts<>(all, key, write);
    return call.<Void>run(attempts::attempt)
        .transform(
            done ->
                attempts.refused.isEmpty()
                    ? done.succeeded()
                        ? Future.succeededFuture()
                        : Future.failedFuture(done.cause())
                    : Future.failedFuture(attempts.all(done.cause())));
  }

  private Future<Void> attempt(CallContext context) {
    return left.isEmpty()
        ? Future.succeededFuture()
        : write.apply(context, left).recover(this::sorted);
  }

  private Future<Void> sorted(Throwable cause) {
    if (!(cause instanceof BulkFailure bulk)) {
      return Future.failedFuture(cause);
    }
    Set<String> again = new HashSet<>();
    List<BulkFailure.Item> failed = new ArrayList<>();
    for (BulkFailure.Item item : bulk.items()) {
      if (item.cause() instanceof ComponentException.EtagMismatch
          || item.cause() instanceof ComponentException.EtagInvalid) {
        refused.add(item);
      } else {
        again.add(item.key());
        failed.add(item);
      }
    }
    left = left.stream().filter(request -> again.contains(key.apply(request))).toList();
    return Future.failedFuture(failed.isEmpty() ? cause : new BulkFailure(failed));
  }

  /** What was refused before and what failed last. */
  private BulkFailure all(@org.jspecify.annotations.Nullable Throwable last) {
    List<BulkFailure.Item> items = new ArrayList<>(refused);
    if (last instanceof BulkFailure bulk) {
      bulk.items().stream().filter(item -> !refused.contains(item)).forEach(items::add);
    }
    return new BulkFailure(items);
  }
}
