package io.jitney.daemon.connection;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frame headers of one client's HTTP/2 as it passes by, and counts what costs the daemon
 * much and the client nothing. Netty's decoder limits some floods by itself (small CONTINUATION
 * frames, empty DATA frames, resets, answers that wait to be written); this finds the others:
 * pings, settings, priorities, window updates, unknown frames, and a header block that does not
 * end.
 *
 * <p>Costs a few instructions for each frame.
 */
final class FrameScan {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 9;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PRIORITY = 2;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  /** What one connection may send in ten seconds; each far above what clients do. */
  private static final long WINDOW_MILLIS = 10_000;

  private static final int MOST_PINGS = 2_000;
  private static final int MOST_SETTINGS = 100;
  private static final int MOST_PRIORITIES = 2_000;
  private static final int MOST_UNKNOWN = 200;
  private static final int MOST_RESETS = 2_000;

  /** A client that downloads grants a window for what it took; beyond these, for what it got. */
  private static final int FREE_UPDATES = 5_000;

  private static final int BYTES_FOR_AN_UPDATE = 64;

  /** Clients measure the bandwidth with a ping while they download. */
  private static final int BYTES_FOR_A_PING = 256;

  /** The rest of the request that asked for an upgrade. */
  private static final long MOST_BEFORE_PREFACE = 16L << 20;

  private final byte[] partial = new byte[HEADER];
  private int have;
  private int prefaceSeen;
  private long skip;
  private boolean headersOpen;
  private long headersSince;
  private long windowSince;
  private long windowWritten;
  private int pings;
  private int settings;
  private int priorities;
  private int unknown;
  private int resets;
  private int updates;
  private long searched;
  private int pinged;
  private boolean opened;

  /**
   * Looks at what came in.
   *
   * @param now milliseconds
   * @param written bytes that were sent to the client so far
   * @return what there is too much of; null: nothing
   */
  @Nullable String read(ByteBuf buffer, long now, long written) {
    if (now - windowSince >= WINDOW_MILLIS) {
      windowSince = now;
      windowWritten = written;
      pings = 0;
      settings = 0;
      priorities = 0;
      unknown = 0;
      resets = 0;
      updates = 0;
    }
    pinged = 0;
    opened = false;
    int at = buffer.readerIndex();
    int end = buffer.writerIndex();
    while (prefaceSeen < PREFACE.length && at < end) {
      byte next = buffer.getByte(at++);
      if (next == PREFACE[prefaceSeen]) {
        prefaceSeen++;
      } else { // after an upgrade, the end of the HTTP/1.1 request comes first
        prefaceSeen = next == PREFACE[0] ? 1 : 0;
        if (++searched > MOST_BEFORE_PREFACE) {
          return "bytes before the preface";
        }
      }
    }
    while (at < end) {
      if (skip > 0) {
        long part = Math.min(skip, end - at);
        skip -= part;
        at += (int) part;
        continue;
      }
      int part = Math.min(HEADER - have, end - at);
      buffer.getBytes(at, partial, have, part);
      have += part;
      at += part;
      if (have == HEADER) {
        have = 0;
        String flood = frame(now, written);
        if (flood != null) {
          return flood;
        }
      }
    }
    return null;
  }

  private @Nullable String frame(long now, long written) {
    int length = (partial[0] & 0xFF) << 16 | (partial[1] & 0xFF) << 8 | partial[2] & 0xFF;
    int type = partial[3];
    int flags = partial[4];
    skip = length;
    switch (type) {
      case DATA -> {}
      case HEADERS, CONTINUATION -> {
        opened = true;
        boolean ends = (flags & END_HEADERS) != 0;
        if (!ends && !headersOpen) {
          headersSince = now;
        }
        headersOpen = !ends;
      }
      case PRIORITY -> {
        if (++priorities > MOST_PRIORITIES) {
          return "priorities";
        }
      }
      case RST_STREAM -> {
        if (++resets > MOST_RESETS) {
          return "resets";
        }
      }
      case SETTINGS -> {
        if ((flags & ACK) == 0 && ++settings > MOST_SETTINGS) {
          return "settings";
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          pinged++;
          if (++pings > MOST_PINGS + (written - windowWritten) / BYTES_FOR_A_PING) {
            return "pings";
          }
        }
      }
      case WINDOW_UPDATE -> {
        if (++updates > FREE_UPDATES + (written - windowWritten) / BYTES_FOR_AN_UPDATE) {
          return "window updates";
        }
      }
      default -> {
        if (++unknown > MOST_UNKNOWN) {
          return "unknown frames";
        }
      }
    }
    return null;
  }

  /** Whether this is the beginning of HTTP/2 or could be; {@link #begun} tells. */
  boolean fits(ByteBuf buffer) {
    int length = Math.min(PREFACE.length - prefaceSeen, buffer.readableBytes());
    for (int i = 0; i < length; i++) {
      if (buffer.getByte(buffer.readerIndex() + i) != PREFACE[prefaceSeen + i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the whole preface was there. */
  boolean begun() {
    return prefaceSeen == PREFACE.length;
  }

  /** Pings in what was read last. */
  int pinged() {
    return pinged;
  }

  /** Whether a stream was opened, or its head went on, in what was read last. */
  boolean opened() {
    return opened;
  }

  /** Since when a header block waits for its end; 0: none does. */
  long headersOpenSince() {
    return headersOpen ? headersSince : 0;
  }
}
