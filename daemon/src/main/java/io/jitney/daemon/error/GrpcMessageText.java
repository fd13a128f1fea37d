package io.jitney.daemon.error;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** {@code grpc-message} on the wire: UTF-8, percent-encoded. */
public final class GrpcMessageText {
  private GrpcMessageText() {}

  public static String encode(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      if (b >= 0x20 && b < 0x7f && b != '%') {
        text.append((char) b);
      } else {
        text.append('%')
            .append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)))
            .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
      }
    }
    return text.toString();
  }

  /** Broken escapes stay as they are. */
  public static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 2 < text.length()) {
        int high = Character.digit(text.charAt(i + 1), 16);
        int low = Character.digit(text.charAt(i + 2), 16);
        if (high >= 0 && low >= 0) {
          bytes.write(high << 4 | low);
          i += 2;
          continue;
        }
      }
      bytes.write(c);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
