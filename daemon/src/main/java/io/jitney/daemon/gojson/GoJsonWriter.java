package io.jitney.daemon.gojson;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * JSON as Go's encoder writes it, without spaces: {@code <}, {@code >}, {@code &} and the two line
 * separators of Unicode are escaped. Writes pieces, the caller puts them together. Not thread-safe.
 */
public final class GoJsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** For each ASCII character: 0: as it is, 1: as {@code \\u00xx}, else the letter after a \. */
  private static final byte[] ESCAPES = new byte[128];

  static {
    Arrays.fill(ESCAPES, 0, 0x20, (byte) 1);
    ESCAPES['\b'] = 'b';
    ESCAPES['\f'] = 'f';
    ESCAPES['\n'] = 'n';
    ESCAPES['\r'] = 'r';
    ESCAPES['\t'] = 't';
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
    ESCAPES['<'] = 1;
    ESCAPES['>'] = 1;
    ESCAPES['&'] = 1;
  }

  private byte[] bytes;
  private int length;

  /**
   * @param expected about how many bytes it is going to be
   */
  public GoJsonWriter(int expected) {
    bytes = new byte[Math.max(64, expected)];
  }

  /** Punctuation, numbers and words: ASCII, as it is. */
  @SuppressWarnings("deprecation") // ASCII only: there is no charset to go through
  public GoJsonWriter ascii(String text) {
    room(text.length());
    text.getBytes(0, text.length(), bytes, length);
    length += text.length();
    return this;
  }

  /** JSON as it is. */
  public GoJsonWriter raw(Buffer json) {
    int size = json.length();
    room(size);
    json.getBytes(bytes, length);
    length += size;
    return this;
  }

  /** A string with its quotes; half a surrogate pair becomes the replacement character. */
  public GoJsonWriter string(String text) {
    room(text.length() + 2);
    bytes[length++] = '"';
    int size = text.length();
    for (int i = 0; i < size; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        room(size - i + 6);
        ascii(c);
      } else {
        room(size - i + 8);
        i += notAscii(text, i, c);
      }
    }
    room(1);
    bytes[length++] = '"';
    return this;
  }

  private void ascii(int c) {
    byte escape = ESCAPES[c];
    if (escape == 0) {
      bytes[length++] = (byte) c;
    } else if (escape == 1) {
      unicode(c);
    } else {
      bytes[length++] = '\\';
      bytes[length++] = escape;
    }
  }

  private void unicode(int c) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    bytes[length++] = HEX[c >> 12 & 15];
    bytes[length++] = HEX[c >> 8 & 15];
    bytes[length++] = HEX[c >> 4 & 15];
    bytes[length++] = HEX[c & 15];
  }

  /** How many characters more than one it took. */
  private int notAscii(String text, int at, char c) {
    if (c == '\u2028' || c == '\u2029') {
      unicode(c);
      return 0;
    }
    if (!Character.isSurrogate(c)) {
      utf8(c);
      return 0;
    }
    if (Character.isHighSurrogate(c)
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1))) {
      utf8(Character.toCodePoint(c, text.charAt(at + 1)));
      return 1;
    }
    utf8(0xfffd);
    return 0;
  }

  private void utf8(int c) {
    if (c < 0x800) {
      bytes[length++] = (byte) (0xc0 | c >> 6);
    } else if (c < 0x10000) {
      bytes[length++] = (byte) (0xe0 | c >> 12);
      bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
    } else {
      bytes[length++] = (byte) (0xf0 | c >> 18);
      bytes[length++] = (byte) (0x80 | c >> 12 & 0x3f);
      bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
    }
    bytes[length++] = (byte) (0x80 | c & 0x3f);
  }

  /** UTF-8 text as a string with its quotes; each byte that is none becomes {@code \\ufffd}. */
  public GoJsonWriter text(Buffer utf8) {
    ByteBuf text = ((BufferInternal) utf8).getByteBuf();
    int end = text.writerIndex();
    room(text.readableBytes() + 2);
    bytes[length++] = '"';
    for (int at = text.readerIndex(); at < end; ) {
      int c = text.getByte(at);
      room(end - at + 8);
      if (c >= 0) {
        ascii(c);
        at++;
      } else {
        at += sequence(text, at, end);
      }
    }
    room(1);
    bytes[length++] = '"';
    return this;
  }

  /** Writes the character that begins at a byte above ASCII; how many bytes it has. */
  private int sequence(ByteBuf text, int at, int end) {
    int first = text.getUnsignedByte(at);
    int more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    if (more == 0 || at + more >= end) {
      unicode(0xfffd);
      return 1;
    }
    int c = first & (0x3f >> more);
    for (int i = 1; i <= more; i++) {
      int next = text.getUnsignedByte(at + i);
      if ((next & 0xc0) != 0x80) {
        unicode(0xfffd);
        return 1;
      }
      c = c << 6 | next & 0x3f;
    }
    boolean tooLong = more == 2 ? c < 0x800 : more == 3 && (c < 0x10000 || c > 0x10ffff);
    if (tooLong || (c >= 0xd800 && c <= 0xdfff)) {
      unicode(0xfffd);
      return 1;
    }
    if (c == 0x2028 || c == 0x2029) {
      unicode(c);
    } else {
      utf8(c);
    }
    return more + 1;
  }

  /** Bytes as a string of base64 with its quotes. */
  public GoJsonWriter base64(Buffer data) {
    byte[] encoded = Base64.getEncoder().encode(data.getBytes());
    room(encoded.length + 2);
    bytes[length++] = '"';
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
    bytes[length++] = '"';
    return this;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }

  /** What was written; the writer is not used any more. */
  public Buffer toBuffer() {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, 0, length));
  }
}
