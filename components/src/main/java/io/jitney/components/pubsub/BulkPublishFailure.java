package io.jitney.components.pubsub;

import java.util.LinkedHashMap;
import java.util.Map;

/** Some messages of a bulk were not taken. Stackless. */
public final class BulkPublishFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> failed;

  /**
   * @param message the error as a whole
   * @param failed why, by entry id, in the request's order
   */
  public BulkPublishFailure(String message, Map<String, String> failed) {
    super(message, null, false, false);
    this.failed = new LinkedHashMap<>(failed);
  }

  /** Why, by entry id. */
  public Map<String, String> failed() {
    return failed;
  }
}
