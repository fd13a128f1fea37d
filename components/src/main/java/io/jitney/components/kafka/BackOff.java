package io.jitney.components.kafka;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.StrictMetadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before a message is handed over once more: the {@code backOff*} properties.
 *
 * @param exponential false: always {@code duration}
 * @param duration the constant pause
 * @param initial the first pause when exponential
 * @param randomization part of a pause that is left to chance, 0 to 1
 * @param multiplier from one pause to the next
 * @param max longest pause
 * @param maxElapsed after which there is no further attempt when exponential; zero: never
 * @param maxRetries attempts after the first; negative: without end
 */
public record BackOff(
    boolean exponential,
    Duration duration,
    Duration initial,
    double randomization,
    double multiplier,
    Duration max,
    Duration maxElapsed,
    long maxRetries) {
  private static final String PREFIX = "backoff";

  static BackOff of(Metadata properties) {
    Map<String, String> own = new HashMap<>();
    properties
        .properties()
        .forEach(
            (name, value) -> {
              if (name.toLowerCase(Locale.ROOT).startsWith(PREFIX)) {
                own.put(name.substring(PREFIX.length()), value);
              }
            });
    StrictMetadata metadata = new StrictMetadata(new Metadata(own));
    String policy = metadata.text("policy", "constant").toLowerCase(Locale.ROOT);
    BackOff backOff =
        new BackOff(
            policy.equals("exponential"),
            metadata.duration("duration", Duration.ofSeconds(5)),
            metadata.duration("initialInterval", Duration.ofMillis(500)),
            decimal(metadata.text("randomizationFactor", "0.5"), "RandomizationFactor"),
            decimal(metadata.text("multiplier", "1.5"), "Multiplier"),
            metadata.duration("maxInterval", Duration.ofSeconds(60)),
            metadata.duration("maxElapsedTime", Duration.ofMinutes(15)),
            metadata.integer("maxRetries", -1));
    metadata.check("retry configuration error: ");
    if (!policy.equals("exponential") && !policy.equals("constant")) {
      throw new ComponentException.Failed(
          "retry configuration error: invalid PolicyType: " + policy);
    }
    return backOff;
  }

  private static double decimal(String text, String name) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ComponentException.Failed("retry configuration error: invalid " + name);
    }
  }

  /** Whether there is another attempt after so many failed ones, that long after the first. */
  public boolean goesOn(int failures, Duration since) {
    boolean counted = maxRetries < 0 || failures <= maxRetries;
    boolean timed = !exponential || !maxElapsed.isPositive() || since.compareTo(maxElapsed) < 0;
    return counted && timed;
  }

  /** Milliseconds to wait after so many failed attempts. */
  public long pauseMillis(int failures) {
    if (!exponential) {
      return Math.max(duration.toMillis(), 1);
    }
    double pause =
        Math.min(initial.toMillis() * Math.pow(multiplier, failures - 1.0), max.toMillis());
    double chance = 1 + randomization * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    return Math.max((long) (pause * chance), 1);
  }
}
