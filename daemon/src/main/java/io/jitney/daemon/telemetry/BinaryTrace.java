package io.jitney.daemon.telemetry;

import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * OpenCensus' binary trace context ({@code grpc-trace-bin}): version 0, field 0 with 16 bytes of
 * trace id, field 1 with 8 bytes of span id, field 2 with one byte of flags; 29 bytes, base64 on
 * the wire.
 */
public final class BinaryTrace {
  private static final int LENGTH = 29;
  private static final int SPAN = 18;
  private static final int FLAGS = 27;
  private static final HexFormat HEX = HexFormat.of();

  private BinaryTrace() {}

  /** The {@code traceparent} of a header value; null when it is none. */
  public static @Nullable String decode(String header) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(header);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
    if (bytes.length != LENGTH
        || bytes[0] != 0
        || bytes[1] != 0
        || bytes[SPAN] != 1
        || bytes[FLAGS] != 2) {
      return null;
    }
    return "00-"
        + HEX.formatHex(bytes, 2, SPAN)
        + "-"
        + HEX.formatHex(bytes, SPAN + 1, FLAGS)
        + "-"
        + HEX.formatHex(bytes, FLAGS + 1, LENGTH);
  }

  /** The header value of a {@code traceparent}. */
  public static String encode(String traceparent) {
    byte[] bytes = new byte[LENGTH];
    hex(traceparent, 3, bytes, 2, 16);
    bytes[SPAN] = 1;
    hex(traceparent, 36, bytes, SPAN + 1, 8);
    bytes[FLAGS] = 2;
    hex(traceparent, 53, bytes, FLAGS + 1, 1);
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void hex(String text, int from, byte[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] =
          (byte)
              (Character.digit(text.charAt(from + 2 * i), 16) << 4
                  | Character.digit(text.charAt(from + 2 * i + 1), 16));
    }
  }
}
