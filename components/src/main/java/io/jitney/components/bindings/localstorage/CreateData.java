package io.jitney.components.bindings.localstorage;

import io.jitney.components.spi.GoQuoted;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What bytes of a request are written: those within a quoted string, and of these the decoded ones
 * if they are base64, by chance or not. As daprd.
 */
final class CreateData {
  private CreateData() {}

  static byte[] of(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    String unquoted = GoQuoted.unquote(text);
    byte[] plain = unquoted == null ? data : unquoted.getBytes(StandardCharsets.UTF_8);
    byte[] decoded = decode(plain);
    return decoded == null ? plain : decoded;
  }

  /** {@code base64.StdEncoding}: padded, line ends ignored. */
  private static byte @Nullable [] decode(byte[] text) {
    byte[] kept = new byte[text.length];
    int length = 0;
    for (byte b : text) {
      if (b != '\r' && b != '\n') {
        kept[length++] = b;
      }
    }
    if (length % 4 != 0) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(java.util.Arrays.copyOf(kept, length));
    } catch (IllegalArgumentException noBase64) {
      return null;
    }
  }
}
