package io.jitney.daemon.control;

import java.util.Arrays;

/**
 * One message on the control socket. The payload is not copied: whoever makes a frame gives the
 * array away.
 *
 * @param type what the payload means
 * @param payload may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, see equals
record Frame(FrameType type, byte[] payload) {
  int size() {
    return payload.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Frame(FrameType otherType, byte[] otherPayload)
        && type == otherType
        && Arrays.equals(payload, otherPayload);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(payload);
  }

  /** Without the payload: an {@code O} frame carries the app's secrets. */
  @Override
  public String toString() {
    return "Frame[" + type + ", " + payload.length + " bytes]";
  }
}
