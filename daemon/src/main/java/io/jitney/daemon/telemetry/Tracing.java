package io.jitney.daemon.telemetry;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How an instance treats trace context ({@code spec.tracing} of its Configuration; spec 01 section
 * 8, 05 section 5.2). Immutable.
 *
 * <ul>
 *   <li>{@link Mode#OFF}: sampling rate 0. Headers pass through untouched, the response gets none.
 *   <li>{@link Mode#PROPAGATE}: no rate and no exporter. No ids are made: an incoming context comes
 *       back as it is, else all zeros.
 *   <li>{@link Mode#SPANS}: a rate or an exporter is set: every call gets a span id of its own.
 * </ul>
 *
 * @param ratio share of new traces that are sampled, 0 to 1; an incoming decision is kept
 */
public record Tracing(Mode mode, double ratio) {
  /** What is made of trace context. */
  public enum Mode {
    OFF,
    PROPAGATE,
    SPANS
  }

  private static final int LENGTH = 55;
  private static final int MAX_TRACESTATE = 512;
  private static final int MAX_STATE_VALUE = 256;

  /** No tracing in the Configuration. */
  public static final Tracing PROPAGATE = new Tracing(Mode.PROPAGATE, 0);

  /**
   * From the Configuration.
   *
   * @param samplingRate text of {@code spec.tracing.samplingRate}; "" when unset
   * @param exporter whether any exporter is configured
   */
  public static Tracing of(String samplingRate, boolean exporter) {
    if (samplingRate.isEmpty()) {
      return exporter ? new Tracing(Mode.SPANS, 0.0001) : PROPAGATE;
    }
    try {
      double rate = Double.parseDouble(samplingRate);
      return rate == 0 ? new Tracing(Mode.OFF, 0) : new Tracing(Mode.SPANS, rate);
    } catch (NumberFormatException unparsable) {
      return new Tracing(Mode.SPANS, 0.0001);
    }
  }

  /** Starts the span of an API call; null when tracing is off. */
  public @Nullable Trace start(@Nullable String traceparent, @Nullable String tracestate) {
    if (mode == Mode.OFF) {
      return null;
    }
    String parent = traceparent != null && valid(traceparent) ? traceparent : null;
    String state = parent != null && tracestate != null ? state(tracestate) : "";
    if (mode == Mode.PROPAGATE) {
      return parent != null ? new Trace(parent.substring(0, LENGTH), state) : Trace.NONE;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    StringBuilder text = new StringBuilder(LENGTH).append("00-");
    if (parent != null) {
      text.append(parent, 3, 35).append('-');
      hex(text, random.nextLong() | 1);
      return new Trace(text.append('-').append(parent, 53, LENGTH).toString(), state);
    }
    hex(text, random.nextLong());
    hex(text, random.nextLong() | 1);
    text.append('-');
    hex(text, random.nextLong() | 1);
    return new Trace(text.append(random.nextDouble() < ratio ? "-01" : "-00").toString(), "");
  }

  /** A span below one that was started: of the same trace, with an id of its own. */
  public Trace child(Trace parent) {
    if (mode != Mode.SPANS || parent.equals(Trace.NONE)) {
      return parent;
    }
    StringBuilder text = new StringBuilder(LENGTH).append(parent.traceparent(), 0, 36);
    hex(text, ThreadLocalRandom.current().nextLong() | 1);
    return new Trace(text.append(parent.traceparent(), 52, LENGTH).toString(), parent.tracestate());
  }

  /**
   * Whether a header value is a version 00 to fe context with lower-case hex and ids that are not
   * all zeros.
   */
  public static boolean valid(String traceparent) {
    if (traceparent.length() < LENGTH
        || traceparent.charAt(2) != '-'
        || traceparent.charAt(35) != '-'
        || traceparent.charAt(52) != '-'
        || traceparent.startsWith("ff")) {
      return false;
    }
    if (traceparent.length() > LENGTH
        && (traceparent.startsWith("00") || traceparent.charAt(LENGTH) != '-')) {
      return false;
    }
    return hex(traceparent, 0, 2, true)
        && hex(traceparent, 3, 35, false)
        && hex(traceparent, 36, 52, false)
        && hex(traceparent, 53, LENGTH, true);
  }

  private static boolean hex(String text, int from, int to, boolean zeros) {
    boolean nonZero = zeros;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
      nonZero |= c != '0';
    }
    return nonZero;
  }

  /** Its members without empty ones; "" when one of them is not valid. */
  private static String state(String tracestate) {
    if (tracestate.length() > MAX_TRACESTATE) {
      return "";
    }
    StringBuilder state = new StringBuilder(tracestate.length());
    for (String member : tracestate.split(",")) {
      String trimmed = member.trim();
      int equals = trimmed.indexOf('=');
      if (trimmed.isEmpty()) {
        continue;
      }
      if (equals <= 0
          || equals == trimmed.length() - 1
          || trimmed.length() - 1 - equals > MAX_STATE_VALUE) {
        return "";
      }
      state.append(state.isEmpty() ? "" : ",").append(trimmed);
    }
    return state.toString();
  }

  private static void hex(StringBuilder text, long value) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      text.append(Character.forDigit((int) (value >>> shift) & 15, 16));
    }
  }
}
