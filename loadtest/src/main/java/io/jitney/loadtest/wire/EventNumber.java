package io.jitney.loadtest.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The number that an event carries in its data, so that it is found wherever a broker or a sidecar
 * has put the data: {@code @@} and nineteen digits.
 */
final class EventNumber {
  static final int DIGITS = 19;

  private static final byte MARK = '@';

  private EventNumber() {}

  /** JSON of that length with a number of zero. */
  static String data(int bytes) {
    String start = "{\"event\":\"" + text(0) + "\",\"value\":\"";
    return start + HttpRequests.value(Math.max(0, bytes - start.length() - 2)) + "\"}";
  }

  static String text(long number) {
    return "@@" + digits(number);
  }

  private static String digits(long number) {
    return String.format(Locale.ROOT, "%019d", number);
  }

  /** Where the digits begin; minus one without any. */
  static int find(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (from < end) {
      int at = bytes.indexOf(from, end, MARK);
      if (at < 0 || at + 2 + DIGITS > end) {
        return -1;
      }
      if (bytes.getByte(at + 1) == MARK) {
        return at + 2;
      }
      from = at + 1;
    }
    return -1;
  }

  /** Minus one where there is none. */
  static long read(ByteBuf bytes) {
    int at = find(bytes);
    long number = at < 0 ? -1 : 0;
    for (int i = 0; i < DIGITS && number >= 0; i++) {
      int digit = bytes.getByte(at + i) - '0';
      number = digit < 0 || digit > 9 ? -1 : number * 10 + digit;
    }
    return number;
  }

  static void write(ByteBuf bytes, int at, long number) {
    bytes.setBytes(at, digits(number).getBytes(StandardCharsets.US_ASCII));
  }
}
