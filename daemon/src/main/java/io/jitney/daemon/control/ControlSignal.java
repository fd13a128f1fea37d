package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** A signal that a launcher got and passes on to its tenant. */
public enum ControlSignal {
  /** Stop gracefully. */
  TERM,
  /** Stop gracefully, as from a terminal. */
  INT,
  /** Read configuration and resources again, as daprd 1.18 does on SIGHUP. */
  HUP;

  byte[] encode() {
    return name().getBytes(US_ASCII);
  }

  static ControlSignal parse(byte[] payload) throws ProtocolException {
    String name = new String(payload, US_ASCII);
    for (ControlSignal signal : values()) {
      if (signal.name().equals(name)) {
        return signal;
      }
    }
    throw new ProtocolException("unknown signal");
  }
}
