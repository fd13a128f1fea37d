package io.jitney.components.state;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A bulk write in which at least one item failed; the others may have been applied. */
public final class BulkFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failed item: finished key and what happened to it. */
  public record Item(String key, Throwable cause) {}

  private final transient List<Item> items;

  public BulkFailure(List<Item> items) {
    super(
        items.stream().map(item -> item.cause().getMessage()).collect(Collectors.joining("\n")),
        null,
        false,
        false);
    this.items = List.copyOf(items);
  }

  public List<Item> items() {
    return items;
  }

  /**
   * How many items of one request wait or are under way at once; the rest have their turn later.
   */
  private static final int WINDOW = 128;

  /** Runs {@code call} for every request, many at once, and gathers all failures. */
  static <T> Future<Void> join(
      List<T> requests, Function<T, String> key, Function<T, Future<Void>> call) {
    return join(requests, 0, key, call, new ArrayList<>());
  }

  private static <T> Future<Void> join(
      List<T> requests,
      int from,
      Function<T, String> key,
      Function<T, Future<Void>> call,
      List<Item> failed) {
    if (from >= requests.size()) {
      return failed.isEmpty()
          ? Future.succeededFuture()
          : Future.failedFuture(new BulkFailure(failed));
    }
    int to = Math.min(from + WINDOW, requests.size());
    List<Future<Void>> calls = new ArrayList<>(to - from);
    for (T request : requests.subList(from, to)) {
      calls.add(call.apply(request));
    }
    return afterTurn(Future.join(calls), to < requests.size())
        .transform(
            done -> {
              for (int i = 0; i < calls.size(); i++) {
                if (calls.get(i).failed()) {
                  failed.add(new Item(key.apply(requests.get(from + i)), calls.get(i).cause()));
                }
              }
              return join(requests, to, key, call, failed);
            });
  }

  /** A store that never waits would do all of it in one turn of the loop. */
  private static <T> Future<T> afterTurn(Future<T> window, boolean more) {
    Context context = more && window.isComplete() ? Vertx.currentContext() : null;
    if (context == null) {
      return window;
    }
    Promise<T> later = Promise.promise();
    context.runOnContext(go -> window.onComplete(later));
    return later.future();
  }
}
