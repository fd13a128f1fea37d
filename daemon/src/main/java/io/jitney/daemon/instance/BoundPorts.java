package io.jitney.daemon.instance;

/**
 * The ports that an instance really listens on, where its settings may say "pick one". -1: no such
 * listener.
 *
 * @param http HTTP API
 * @param grpc gRPC API
 * @param internalGrpc sidecar to sidecar
 * @param pub health and metadata
 * @param metrics Prometheus page
 */
public record BoundPorts(int http, int grpc, int internalGrpc, int pub, int metrics) {
  /** Before anything listens. */
  public static final BoundPorts NONE = new BoundPorts(-1, -1, -1, -1, -1);
}
