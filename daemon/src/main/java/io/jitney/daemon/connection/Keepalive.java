package io.jitney.daemon.connection;

/**
 * daprd's keepalive on its gRPC servers (spec 01 section 1), in milliseconds.
 *
 * @param minPing clients that ping more often, without any answer between, are sent away
 * @param maxIdle a connection without streams for so long is ended
 * @param pingAfter silence after which the daemon pings
 * @param pingTimeout for the answer
 */
public record Keepalive(long minPing, long maxIdle, long pingAfter, long pingTimeout) {
  public static final Keepalive DAPRD = new Keepalive(8_000, 180_000, 10_000, 5_000);
}
