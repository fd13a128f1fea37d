package io.jitney.daemon.gojson;

import io.jitney.components.spi.GoText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Go's JSON scanner: tells whether bytes are JSON, and if not, what Go says about them. One pass,
 * no recursion, nothing allocated for good input.
 */
public final class GoSyntax {
  /**
   * Go's is 10,000. Nobody means either, and re-encoding a value takes a stack frame for each
   * level.
   */
  static final int MAX_DEPTH = 1_000;

  private static final byte OBJECT = 1;
  private static final byte ARRAY = 2;

  private final ByteBuf bytes;

  /**
   * What {@link #bytes} keeps them in, if it is on the heap: the buffer checks itself each time.
   */
  private final byte @Nullable [] array;

  private final int offset;
  private final int end;
  private final boolean whole;
  private int at;
  private byte[] open = new byte[16];
  private int depth;

  /** All bits of the bytes of strings: ASCII needs no second look. */
  private int bits;

  private GoSyntax(Buffer json, boolean whole) {
    bytes = ((BufferInternal) json).getByteBuf();
    array = bytes.hasArray() ? bytes.array() : null;
    offset = array == null ? 0 : bytes.arrayOffset();
    at = bytes.readerIndex();
    end = bytes.writerIndex();
    this.whole = whole;
  }

  /** What {@code json.Unmarshal} says: the text must be one value and nothing else. Null: it is. */
  public static @Nullable String unmarshalError(Buffer json) {
    return new GoSyntax(json, true).error();
  }

  /** What {@code json.Decoder} says: the text must begin with a value. Null: it does. */
  public static @Nullable String decoderError(Buffer json) {
    return new GoSyntax(json, false).error();
  }

  /** Whether the bytes are one JSON value in well-formed UTF-8. */
  public static boolean isJson(Buffer json) {
    GoSyntax syntax = new GoSyntax(json, true);
    return syntax.error() == null
        && (syntax.bits < 0x80 || ByteBufUtil.isText(syntax.bytes, StandardCharsets.UTF_8));
  }

  private static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Found(String message) {
      super(message, null, false, false);
    }
  }

  private @Nullable String error() {
    try {
      value();
      int c =
          whole
              ? next()
              : open[0] == 0
                  ? raw()
                  : -1; // a decoder stops at a bracket, but looks behind a scalar
      if (c < 0 || (!whole && blank(c))) {
        return null;
      }
      return invalid(c, "after top-level value").getMessage();
    } catch (Found found) {
      return found.getMessage();
    }
  }

  /** One value with everything in it. */
  private void value() {
    int c = require(true);
    while (true) {
      if (c == '{' || c == '[') {
        push(c == '{' ? OBJECT : ARRAY);
        c = require(false);
        if (c != (open[depth - 1] == OBJECT ? '}' : ']')) {
          if (open[depth - 1] == OBJECT) {
            name(c);
            c = require(false);
          }
          continue;
        }
        depth--;
      } else {
        scalar(c);
      }
      c = afterValue();
      if (c < 0) {
        return;
      }
    }
  }

  /**
   * Closes containers and passes commas; the first byte of the next value, or -1 when the outermost
   * is closed.
   */
  private int afterValue() {
    while (depth > 0) {
      int c = require(false);
      if (open[depth - 1] == OBJECT) {
        if (c == '}') {
          depth--;
        } else if (c == ',') {
          name(require(false));
          return require(false);
        } else {
          throw invalid(c, "after object key:value pair");
        }
      } else if (c == ']') {
        depth--;
      } else if (c == ',') {
        return require(false);
      } else {
        throw invalid(c, "after array element");
      }
    }
    return -1;
  }

  private void push(byte kind) {
    if (depth == MAX_DEPTH) {
      throw new Found("exceeded max depth");
    }
    if (depth == open.length) {
      open = Arrays.copyOf(open, depth * 4);
    }
    open[depth++] = kind;
  }

  private void name(int c) {
    if (c != '"') {
      throw invalid(c, "looking for beginning of object key string");
    }
    string();
    int colon = require(false);
    if (colon != ':') {
      throw invalid(colon, "after object key");
    }
  }

  private void scalar(int c) {
    switch (c) {
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(c);
      default -> throw invalid(c, "looking for beginning of value");
    }
  }

  private void literal(String word) {
    for (int i = 1; i < word.length(); i++) {
      int c = requireRaw();
      if (c != word.charAt(i)) {
        throw invalid(c, "in literal " + word + " (expecting " + quoted(word.charAt(i)) + ")");
      }
    }
  }

  private void string() {
    while (true) {
      int c = requireRaw();
      bits |= c;
      if (c == '"') {
        return;
      }
      if (c == '\\') {
        escape();
      } else if (c < ' ') {
        throw invalid(c, "in string literal");
      }
    }
  }

  private void escape() {
    int c = requireRaw();
    switch (c) {
      case 'b', 'f', 'n', 'r', 't', '\\', '/', '"' -> {}
      case 'u' -> {
        for (int i = 0; i < 4; i++) {
          int digit = requireRaw();
          if (Character.digit(digit, 16) < 0) {
            throw invalid(digit, "in \\u hexadecimal character escape");
          }
        }
      }
      default -> throw invalid(c, "in string escape code");
    }
  }

  private void number(int first) {
    int c = first;
    if (c == '-') {
      c = requireRaw();
      if (!digit(c)) {
        throw invalid(c, "in numeric literal");
      }
    }
    c = c == '0' ? raw() : digits();
    if (c == '.') {
      c = requireRaw();
      if (!digit(c)) {
        throw invalid(c, "after decimal point in numeric literal");
      }
      c = digits();
    }
    if (c == 'e' || c == 'E') {
      c = requireRaw();
      if (c == '+' || c == '-') {
        c = requireRaw();
      }
      if (!digit(c)) {
        throw invalid(c, "in exponent of numeric literal");
      }
      c = digits();
    }
    if (c >= 0) {
      at--; // it belongs to what follows
    }
  }

  /** Skips digits; the byte after them, or -1. */
  private int digits() {
    int c = raw();
    while (digit(c)) {
      c = raw();
    }
    return c;
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean blank(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private int raw() {
    if (at == end) {
      return -1;
    }
    int index = at++;
    return array == null ? bytes.getUnsignedByte(index) : array[offset + index] & 0xff;
  }

  private int requireRaw() {
    int c = raw();
    if (c < 0) {
      throw ended(false);
    }
    return c;
  }

  /** The next byte that is not blank, or -1. */
  private int next() {
    int c = raw();
    while (blank(c)) {
      c = raw();
    }
    return c;
  }

  private int require(boolean outermost) {
    int c = next();
    if (c < 0) {
      throw ended(outermost);
    }
    return c;
  }

  private Found ended(boolean nothing) {
    if (whole) {
      return new Found("unexpected end of JSON input");
    }
    return new Found(nothing ? "EOF" : "unexpected EOF");
  }

  private static Found invalid(int c, String context) {
    return new Found("invalid character " + quoted(c) + " " + context);
  }

  private static String quoted(int c) {
    return switch (c) {
      case '\'' -> "'\\''";
      case '"' -> "'\"'";
      default -> {
        String text = GoText.quote(Character.toString(c));
        yield "'" + text.substring(1, text.length() - 1) + "'";
      }
    };
  }
}
