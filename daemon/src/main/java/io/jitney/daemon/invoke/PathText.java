package io.jitney.daemon.invoke;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Escaping of URL paths as Go's {@code net/url} does it. Bytes that are no UTF-8 survive a decode
 * and encode: each is kept as one lone surrogate.
 */
public final class PathText {
  private static final int LONE = 0xdc00;

  private PathText() {}

  /**
   * Undoes percent-encoding; a plus stays. A broken escape stays too: the front refused those
   * before.
   */
  static String decode(String path) {
    int percent = path.indexOf('%');
    if (percent < 0) {
      return path;
    }
    byte[] raw = path.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[raw.length];
    int length = 0;
    for (int i = 0; i < raw.length; i++) {
      int high = raw[i] == '%' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = high >= 0 ? Character.digit(raw[i + 2], 16) : -1;
      if (low >= 0) {
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[length++] = raw[i];
      }
    }
    return text(bytes, length);
  }

  private static String text(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      StringBuilder text = new StringBuilder(length);
      for (int i = 0; i < length; i++) {
        text.append(bytes[i] >= 0 ? (char) bytes[i] : (char) (LONE | bytes[i] & 0xff));
      }
      return text.toString();
    }
  }

  /**
   * The path of an outgoing URL, as Go makes it when it parses {@code base + "/" + path} and prints
   * it again: kept if it is a valid path as it is, else decoded once and wholly escaped.
   *
   * @param path without leading slash
   * @throws InvalidEscape with Go's text when the path holds a percent sign that begins no escape
   */
  public static String outgoing(String path) throws InvalidEscape {
    boolean valid = true;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        checkEscape(path, i);
      } else if (!kept(c)) {
        valid = false;
      }
    }
    return valid ? path : escape(decode(path));
  }

  private static void checkEscape(String path, int at) throws InvalidEscape {
    boolean fine =
        at + 2 < path.length()
            && Character.digit(path.charAt(at + 1), 16) >= 0
            && Character.digit(path.charAt(at + 2), 16) >= 0;
    if (!fine) {
      throw new InvalidEscape(path.substring(at, Math.min(at + 3, path.length())));
    }
  }

  /** What a path may hold as it is ({@code validEncoded}). */
  private static boolean kept(char c) {
    return plain(c) || "!'()*[]".indexOf(c) >= 0;
  }

  /** What escaping leaves alone ({@code shouldEscape} for a path). */
  private static boolean plain(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "-_.~$&+,/:;=@".indexOf(c) >= 0;
  }

  private static String escape(String path) {
    StringBuilder escaped = new StringBuilder(path.length() + 16);
    for (int i = 0; i < path.length(); ) {
      int c = path.codePointAt(i);
      i += Character.charCount(c);
      if (c < 0x80 && plain((char) c)) {
        escaped.append((char) c);
      } else if ((c & ~0xff) == LONE) {
        percent(escaped, c & 0xff);
      } else {
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          percent(escaped, b & 0xff);
        }
      }
    }
    return escaped.toString();
  }

  private static void percent(StringBuilder escaped, int b) {
    escaped
        .append('%')
        .append(Character.toUpperCase(Character.forDigit(b >> 4, 16)))
        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
  }

  /** A percent sign that begins no escape. */
  public static final class InvalidEscape extends Exception {
    private static final long serialVersionUID = 1L;

    private InvalidEscape(String escape) {
      super("invalid URL escape \"" + escape + "\"", null, false, false);
    }
  }
}
