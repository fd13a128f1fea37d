package io.jitney.daemon.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The {@code dapr-api-token} check of both fronts. Takes the same time whether and where a token
 * differs.
 */
public final class ApiTokenCheck {
  /** Header and metadata name. */
  public static final String HEADER = "dapr-api-token";

  private ApiTokenCheck() {}

  /**
   * @param wanted the instance's token; "" when the check is off
   * @param given first value that the caller sent; null when it sent none
   */
  public static boolean passes(String wanted, @Nullable String given) {
    if (wanted.isEmpty()) {
      return true;
    }
    return given != null
        && MessageDigest.isEqual(
            wanted.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
