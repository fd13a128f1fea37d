package io.jitney.daemon.invoke;

import io.vertx.core.buffer.Buffer;

/**
 * Watches the length prefixes of a gRPC stream that passes by, so that a message over the limit is
 * noticed at once.
 */
final class FrameGuard {
  private static final int PREFIX = 5;

  private final long limit;
  private int prefixRead;
  private long size;
  private long rest;

  /**
   * @param limit of one message, in bytes; 0 or less: none
   */
  FrameGuard(long limit) {
    this.limit = limit;
  }

  /**
   * The size of a message over the limit that begins in this piece of the stream; -1 when there is
   * none.
   */
  long oversized(Buffer piece) {
    if (limit <= 0) {
      return -1;
    }
    int at = 0;
    int length = piece.length();
    while (at < length) {
      if (rest > 0) {
        long skipped = Math.min(rest, length - at);
        rest -= skipped;
        at += (int) skipped;
        continue;
      }
      if (prefixRead > 0) { // the first byte only says whether the message is compressed
        size = size << 8 | piece.getUnsignedByte(at);
      }
      at++;
      if (++prefixRead == PREFIX) {
        if (size > limit) {
          return size;
        }
        rest = size;
        size = 0;
        prefixRead = 0;
      }
    }
    return -1;
  }
}
