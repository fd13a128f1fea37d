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
    super(items.stream().map(item -> item.cause().getMessage()).collect(Collectors.joining("\n")), null, false, false);
    this.items = List.copyOf(items);
  }

  public List<Item> items() {
    return items;
  }

  /** Runs {@code call} for every request at once and gathers all failures. */
  static <T> Future<Void> join(List<T> requests, Function<T, String> key, Function<T, Future<Void>> call) {
    List<Future<Void>> calls = new ArrayList<>(requests.size());
    for (T request : requests) {
      calls.add(call.apply(request));
    }
    return Future.join(calls)
        .transform(
            done -> {
              List<Item> failed = new ArrayList<>();
              for (int i = 0; i < calls.size(); i++) {
                if (calls.get(i).failed()) {
                  failed.add(new Item(key.apply(requests.get(i)), calls.get(i).cause()));
                }
              }
              return failed.isEmpty() ? Future.succeededFuture() : Future.failedFuture(new BulkFailure(failed));
            });
  }
}
