package io.jitney.daemon.connection;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;

/**
 * What gRPC's servers do so that connections are neither dead nor left over. Pings of a client that
 * come sooner than an interval are held against who has got no answer in between; who is silent is
 * pinged; who has had no stream for long is sent away. On the connection's loop.
 */
final class GrpcKeepalive {
  /** What to do about a client that may be dead. */
  enum Probe {
    NONE,
    PING,
    DEAD
  }

  private static final int MOST_STRIKES = 2;

  // Of the client's pings.
  private boolean answered;
  private int strikes;
  private long lastPingMillis;

  /** When the client was pinged; 0: it has said something since. */
  private long pingSent;

  /** Since when it has no streams; 0: it has. */
  private long idleSince;

  /** The connection is there, without streams. */
  void begins(long now) {
    idleSince = now;
  }

  /** The client has opened a stream. */
  void opened() {
    idleSince = 0;
  }

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

  /**
   * Looks whether the client is still there.
   *
   * @param lastRead when something came from it
   */
  Probe probe(Keepalive times, long now, long lastRead) {
    if (lastRead >= pingSent) {
      pingSent = 0;
    }
    if (now - lastRead < times.pingAfter()) {
      return Probe.NONE;
    }
    if (pingSent == 0) {
      pingSent = now;
      return Probe.PING;
    }
    return now - pingSent >= times.pingTimeout() ? Probe.DEAD : Probe.NONE;
  }

  /**
   * Looks whether the client has had nothing to do for too long.
   *
   * @param busy whether it has streams now
   */
  boolean idle(Keepalive times, long now, boolean busy) {
    if (busy) {
      idleSince = 0;
    } else if (idleSince == 0) {
      idleSince = now;
    } else {
      return now - idleSince >= times.maxIdle();
    }
    return false;
  }
}
