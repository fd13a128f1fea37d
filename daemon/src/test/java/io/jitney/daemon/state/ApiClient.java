package io.jitney.daemon.state;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state API as an app uses it, whatever the transport. Values are texts of JSON; both
 * transports must give them back byte for byte when they are in stored form.
 */
interface ApiClient extends AutoCloseable {
  Result save(String store, List<Item> items);

  default Result save(String store, Item... items) {
    return save(store, List.of(items));
  }

  default Result save(String store, String key, String value) {
    return save(store, Item.of(key, value));
  }

  /** The value, or why there is none. */
  Value get(String store, String key);

  default Result delete(String store, String key) {
    return delete(store, key, null, "");
  }

  Result delete(String store, String key, @Nullable String etag, String concurrency);

  /** Values by key; an absent one has no data. */
  Values bulkGet(String store, List<String> keys);

  Result transact(String store, List<Operation> operations);

  Result query(String store, String query);

  @Override
  void close();

  /** An item to be written. */
  record Item(
      String key,
      String value,
      @Nullable String etag,
      Map<String, String> metadata,
      String concurrency) {
    static Item of(String key, String value) {
      return new Item(key, value, null, Map.of(), "");
    }

    Item etag(String version) {
      return new Item(key, value, version, metadata, concurrency);
    }

    Item metadata(String name, String text) {
      return new Item(key, value, etag, Map.of(name, text), concurrency);
    }

    Item firstWrite() {
      return new Item(key, value, etag, metadata, "first-write");
    }
  }

  /** An operation of a transaction. */
  record Operation(String type, Item item) {
    static Operation upsert(String key, String value) {
      return new Operation("upsert", Item.of(key, value));
    }

    static Operation delete(String key) {
      return new Operation("delete", Item.of(key, "null"));
    }
  }

  /** How a call ended, in words both transports share. */
  enum Outcome {
    OK,
    /** 400, INVALID_ARGUMENT. */
    INVALID,
    /** 409, ABORTED. */
    CONFLICT,
    /** 500, INTERNAL. */
    FAILED,
    /** 500 over HTTP, FAILED_PRECONDITION. */
    NOT_CONFIGURED,
    /** 400 or 500 over HTTP, UNIMPLEMENTED. */
    UNSUPPORTED
  }

  /** An answer without a value. */
  record Result(Outcome outcome, String message) {}

  /**
   * An answer with a value.
   *
   * @param data null: absent
   * @param etag "" when absent
   */
  record Value(Result result, @Nullable String data, String etag, Map<String, String> metadata) {}

  record Values(Result result, Map<String, Value> byKey, List<String> keys) {
    /** The answer of that key. */
    Value of(String key) {
      return Objects.requireNonNull(byKey.get(key), key);
    }
  }
}
