package io.jitney.daemon.telemetry;

/**
 * W3C trace context of one API call, as it goes to the response and to whatever the call reaches.
 *
 * @param traceparent a whole header value, all zeros when no ids are made
 * @param tracestate "" when there is none
 */
public record Trace(String traceparent, String tracestate) {
  /** What daprd sends when it neither records spans nor got a trace. */
  public static final Trace NONE =
      new Trace("00-00000000000000000000000000000000-0000000000000000-00", "");
}
