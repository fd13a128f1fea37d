package io.jitney.components.state;

import io.vertx.core.Future;
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

  /** How many items of one request are under way at once; the rest wait their turn. */
  private static final int WINDOW = 512;

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
    return Future.join(calls)
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
}
