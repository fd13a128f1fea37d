package io.jitney.daemon.resiliency;

import org.jspecify.annotations.Nullable;

/**
 * Which failures are worth another attempt. Failures that carry no code always are.
 *
 * @param http null: every HTTP status
 * @param grpc null: every gRPC status
 */
record RetryMatch(@Nullable StatusCodes http, @Nullable StatusCodes grpc) {
  /** What a failure without a code is asked about as. */
  static final int NO_CODE = -1;

  /** What a failure is asked about as that no attempt can mend. */
  static final int NEVER = -2;

  static final RetryMatch ALL = new RetryMatch(null, null);

  private static final int MAX_GRPC = 16;
  private static final int MIN_HTTP = 100;
  private static final int MAX_HTTP = 599;

  /** Whether a failure with this code is tried again: 0 to 16 is gRPC's, 100 to 599 HTTP's. */
  boolean matches(int code) {
    if (code >= 0 && code <= MAX_GRPC) {
      return grpc == null || grpc.contains(code);
    }
    if (code >= MIN_HTTP && code <= MAX_HTTP) {
      return http == null || http.contains(code);
    }
    return code != NEVER;
  }
}
