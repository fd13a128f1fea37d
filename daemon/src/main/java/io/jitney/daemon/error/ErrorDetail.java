package io.jitney.daemon.error;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A detail of a rich error: a {@code google.rpc} message, in the order in which Dapr lists them.
 */
public sealed interface ErrorDetail {
  /**
   * @param domain whose reason it is
   * @param metadata null is sent as JSON {@code null}, as daprd does for errors without metadata
   */
  record ErrorInfo(String reason, String domain, @Nullable Map<String, String> metadata)
      implements ErrorDetail {

    /** One of Dapr's own reasons. */
    public ErrorInfo(String reason, @Nullable Map<String, String> metadata) {
      this(reason, "dapr.io", metadata);
    }
  }

  record ResourceInfo(String type, String name, String description) implements ErrorDetail {}

  record BadRequest(List<Violation> violations) implements ErrorDetail {}

  /**
   * @param field "" is left out
   */
  record Violation(String field, String description) {}

  record Help(String url, String description) implements ErrorDetail {}

  /** When to come back, in milliseconds. */
  record RetryInfo(long delayMillis) implements ErrorDetail {}
}
