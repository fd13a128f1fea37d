package io.jitney.daemon.pubsub;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The publish API as an app uses it, whatever the transport. */
interface PublishClient extends AutoCloseable {
  /**
   * One of a bulk.
   *
   * @param data text
   * @param metadata null: none
   */
  record Entry(
      String entryId, String data, String contentType, @Nullable Map<String, String> metadata) {}

  /** How a call ended, in words both transports share. */
  enum Outcome {
    OK,
    /** 404, INVALID_ARGUMENT. */
    NOT_FOUND,
    /** 400 (500 for CloudEvents), INVALID_ARGUMENT. */
    INVALID,
    /** 403, PERMISSION_DENIED. */
    DENIED,
    /** 500, INTERNAL. */
    FAILED,
    /** Not served. */
    ABSENT
  }

  /**
   * @param message of an error; "" without one
   * @param reason of its ErrorInfo; "" without one
   */
  record Result(Outcome outcome, String message, String reason) {
    static final Result OK = new Result(Outcome.OK, "", "");
  }

  Result publish(
      String pubSub, String topic, byte[] data, String contentType, Map<String, String> metadata);

  Result bulk(String pubSub, String topic, List<Entry> entries, Map<String, String> metadata);

  @Override
  void close();
}
