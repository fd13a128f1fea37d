package io.jitney.components.pubsub;

import java.util.LinkedHashMap;
import java.util.Map;

/** Some messages of a bulk were not taken. Stackless. */
public final class BulkPublishFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> failed;
  private final boolean terminal;

  /**
   * @param message the error as a whole
   * @param failed why, by entry id, in the request's order
   */
  public BulkPublishFailure(String message, Map<String, String> failed) {
    this(message, failed, false);
  }

  /**
   * As the other.
   *
   * @param terminal the same call would fail again
   */
  public BulkPublishFailure(String message, Map<String, String> failed, boolean terminal) {
    super(message, null, false, false);
    this.failed = new LinkedHashMap<>(failed);
    this.terminal = terminal;
  }

  /** Whether the same call would fail again; retry policies see another code then. */
  public boolean isTerminal() {
    return terminal;
  }

  /** Why, by entry id. */
  public Map<String, String> failed() {
    return failed;
  }
}
