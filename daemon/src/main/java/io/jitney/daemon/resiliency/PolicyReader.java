package io.jitney.daemon.resiliency;

import io.jitney.components.spi.GoText;
import io.jitney.daemon.resources.ResiliencyResource.CircuitBreaker;
import io.jitney.daemon.resources.ResiliencyResource.Retry;
import java.time.Duration;
import java.util.Locale;

/**
 * Makes policies of texts. Pure functions; failures are {@link IllegalArgumentException}s that name
 * the field.
 */
final class PolicyReader {
  private static final int MAX_GRPC = 16;
  private static final int MIN_HTTP = 100;
  private static final int MAX_HTTP = 599;

  private PolicyReader() {}

  static RetryPolicy retry(Retry retry) {
    long maxRetries = retry.maxRetries().isEmpty() ? -1 : integer("maxRetries", retry.maxRetries());
    RetryMatch match = match(retry);
    Duration duration = duration("duration", retry.duration(), RetryPolicy.DEFAULT_DURATION);
    Duration longest =
        duration("maxInterval", retry.maxInterval(), RetryPolicy.DEFAULT_MAX_INTERVAL);
    return switch (retry.policy().toLowerCase(Locale.ROOT)) {
      case "", "constant" -> RetryPolicy.constant(duration, maxRetries, match);
      case "exponential" -> RetryPolicy.exponential(longest, maxRetries, match);
      default ->
          throw new IllegalArgumentException(
              "policy must be constant or exponential, not " + retry.policy());
    };
  }

  private static RetryMatch match(Retry retry) {
    return new RetryMatch(
        retry.httpStatusCodes().isEmpty()
            ? null
            : StatusCodes.parse(retry.httpStatusCodes(), MIN_HTTP, MAX_HTTP),
        retry.grpcStatusCodes().isEmpty()
            ? null
            : StatusCodes.parse(retry.grpcStatusCodes(), 0, MAX_GRPC));
  }

  static BreakerPolicy breaker(String name, CircuitBreaker breaker) {
    int maxRequests =
        breaker.maxRequests().isEmpty()
            ? 1
            : Math.clamp(integer("maxRequests", breaker.maxRequests()), 1, Integer.MAX_VALUE);
    Duration timeout = duration("timeout", breaker.timeout(), BreakerPolicy.DEFAULT_TIMEOUT);
    return new BreakerPolicy(
        name,
        maxRequests,
        duration("interval", breaker.interval(), Duration.ZERO),
        timeout.isPositive() ? timeout : BreakerPolicy.DEFAULT_TIMEOUT,
        breaker.trip().isEmpty() ? BreakerPolicy.DEFAULT_TRIP : TripRule.parse(breaker.trip()));
  }

  /** A Go duration, or a bare integer of milliseconds. */
  static Duration duration(String field, String text, Duration otherwise) {
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      return Duration.ofMillis(Long.parseLong(text));
    } catch (NumberFormatException notBare) {
      try {
        return GoText.parseDuration(text);
      } catch (GoText.Unreadable unreadable) {
        throw new IllegalArgumentException(field + ": " + unreadable.getMessage(), unreadable);
      }
    }
  }

  private static long integer(String field, String text) {
    try {
      return GoText.atoi(text);
    } catch (GoText.Unreadable unreadable) {
      throw new IllegalArgumentException(field + ": " + unreadable.getMessage(), unreadable);
    }
  }
}
