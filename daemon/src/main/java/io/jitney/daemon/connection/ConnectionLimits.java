package io.jitney.daemon.connection;

/**
 * What slow or hostile clients get. Times in milliseconds, rates in bytes per second; the same for
 * all tenants of a node. The numbers of connections are in each tenant's policy.
 *
 * @param headerMillis for the head of a request, from the accept or from its first byte: Go's
 *     ReadHeaderTimeout, as daprd sets it
 * @param identifyMillis for a caller of the node's listener to say who it is
 * @param bodyGraceMillis after which a body that is gathered must come at {@code bodyRate}
 * @param bodyRate 0: a body may take any time, as with daprd
 * @param drainGraceMillis after which an answer must be taken at {@code drainRate}
 * @param drainRate 0: a client may take any time, as with daprd
 * @param pressureMillis both graces, for a tenant above its share while memory is scarce; the rates
 *     count then even if they are 0
 * @param mostUnidentified connections of unknown callers on the node's listener
 * @param mostOfSource of those, from one address
 * @param acceptsPerSecond new connections that a virtual sidecar's listener takes in a second; the
 *     rest waits in the kernel
 */
public record ConnectionLimits(
    long headerMillis,
    long identifyMillis,
    long bodyGraceMillis,
    long bodyRate,
    long drainGraceMillis,
    long drainRate,
    long pressureMillis,
    int mostUnidentified,
    int mostOfSource,
    int acceptsPerSecond) {

  /** Least rate under pressure, where the configured one is 0. */
  private static final long PRESSURE_RATE = 1024;

  /** A daemon for many apps. */
  public static final ConnectionLimits SHARED =
      new ConnectionLimits(10_000, 10_000, 10_000, 1024, 30_000, 1024, 3_000, 4096, 1024, 500);

  /** A daemon for one app: nobody else is there to be hurt, so it has daprd's patience. */
  public static final ConnectionLimits PRIVATE =
      new ConnectionLimits(10_000, 10_000, 10_000, 0, 30_000, 0, 3_000, 4096, 1024, 500);

  /** The body rate that counts; 0: none. */
  public long bodyRate(boolean pressure) {
    return pressure ? Math.max(bodyRate, PRESSURE_RATE) : bodyRate;
  }

  /** The drain rate that counts; 0: none. */
  public long drainRate(boolean pressure) {
    return pressure ? Math.max(drainRate, PRESSURE_RATE) : drainRate;
  }

  public long bodyGrace(boolean pressure) {
    return pressure ? pressureMillis : bodyGraceMillis;
  }

  public long drainGrace(boolean pressure) {
    return pressure ? pressureMillis : drainGraceMillis;
  }
}
