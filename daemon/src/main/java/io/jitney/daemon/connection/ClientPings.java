package io.jitney.daemon.connection;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;

/**
 * The rule of gRPC's servers for pings of a client: those that come sooner than an interval are
 * held against who has got no answer in between. On the connection's loop.
 */
final class ClientPings {
  private static final int MOST_STRIKES = 2;

  private boolean answered;
  private int strikes;
  private long lastPingMillis;

  /**
   * Pings have come in.
   *
   * @param pings how many
   * @param leastMillis the interval
   * @return false when these were too many
   */
  boolean allow(int pings, long leastMillis) {
    long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    for (int i = 0; i < pings; i++) {
      if (answered) {
        answered = false;
        strikes = 0;
      } else if (lastPingMillis != 0 && now - lastPingMillis < leastMillis) {
        strikes++;
      }
      lastPingMillis = now;
    }
    return strikes <= MOST_STRIKES;
  }

  /** Bytes are sent to the client: an answer, if they are not what a connection says by itself. */
  void wrote(ByteBuf buffer, int length) {
    if (!answered && !isControl(buffer, length)) {
      answered = true;
    }
  }

  /** An acknowledgement or a window update, which are no answers. */
  private static boolean isControl(ByteBuf buffer, int length) {
    return switch (length) {
      case 9 -> buffer.getByte(buffer.readerIndex() + 3) == 4;
      case 13 -> buffer.getByte(buffer.readerIndex() + 3) == 8;
      case 17 -> buffer.getByte(buffer.readerIndex() + 3) == 6;
      default -> false;
    };
  }
}
