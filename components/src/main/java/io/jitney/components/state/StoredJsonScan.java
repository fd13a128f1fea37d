package io.jitney.components.state;

import io.vertx.core.buffer.Buffer;

/** Tells, in one pass and without allocating, whether a JSON text is in its stored form already. */
final class StoredJsonScan {
  private final Buffer json;
  private final boolean sorted;
  private int at;

  StoredJsonScan(Buffer json, boolean sorted) {
    this.json = json;
    this.sorted = sorted;
  }

  /** May say no to a text that is in stored form; never yes to one that is not. */
  boolean isStoredForm() {
    int length = json.length();
    long objects = 0; // bit n: the container at depth n is an object
    int depth = 0;
    if (length == 0) {
      return false;
    }
    while (at < length) {
      byte c = json.getByte(at);
      switch (c) {
        case '{', '[' -> {
          if (++depth >= Long.SIZE) {
            return false;
          }
          objects = c == '{' ? objects | (1L << depth) : objects & ~(1L << depth);
          at++;
        }
        case '}', ']' -> {
          depth--;
          at++;
        }
        case ',' -> {
          if (sorted && (objects & (1L << depth)) != 0) {
            return false; // two members: their order has to be looked at
          }
          at++;
        }
        case '"' -> {
          if (!string()) {
            return false;
          }
        }
        case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
          if (!number()) {
            return false;
          }
        }
        case ' ', '\t', '\r', '\n' -> {
          return false;
        }
        default -> at++; // a colon or a letter of true, false, null
      }
    }
    return true;
  }

  private boolean string() {
    int length = json.length();
    at++;
    while (at < length) {
      byte c = json.getByte(at++);
      if (c == '"') {
        return true;
      }
      if (c == '\\') {
        if (at == length) {
          return false;
        }
        byte escaped = json.getByte(at++);
        if (escaped != '"'
            && escaped != '\\'
            && escaped != 'n'
            && escaped != 'r'
            && escaped != 't') {
          return false;
        }
      } else if (sorted
          && (c == '<' || c == '>' || c == '&' || (c == (byte) 0xe2 && isLineSeparator()))) {
        return false;
      }
    }
    return false;
  }

  /** U+2028 or U+2029, whose first byte was just read. */
  private boolean isLineSeparator() {
    return at + 1 < json.length()
        && json.getByte(at) == (byte) 0x80
        && (json.getByte(at + 1) & 0xfe) == 0xa8;
  }

  /** At most 15 digits, no exponent, nothing that Go would write shorter. */
  private boolean number() {
    int length = json.length();
    int start = at;
    int point = -1;
    if (json.getByte(at) == '-') {
      at++;
    }
    int first = at;
    while (at < length) {
      byte c = json.getByte(at);
      if (c == '.') {
        point = at;
      } else if (c < '0' || c > '9') {
        if (c == 'e' || c == 'E' || c == '+' || c == '-') {
          return false;
        }
        break;
      }
      at++;
    }
    if (at - first > 15 || at == first) {
      return false;
    }
    if (point < 0) {
      return first == start || json.getByte(first) != '0'; // not "-0"
    }
    boolean tiny = json.getByte(first) == '0'; // 0.0000001 is written with an exponent
    return !tiny && json.getByte(at - 1) != '0' && point < at - 1;
  }
}
