package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;

/** What the node's listener says beside the API: daprd has no such thing. */
public final class NodeErrors {
  private NodeErrors() {}

  /** The caller is known, but nothing runs for it here (yet). */
  public static DaprError appNotRunning(String appId) {
    return DaprError.plain(
        "ERR_APP_NOT_RUNNING",
        503,
        GrpcStatus.UNAVAILABLE,
        "app " + appId + " has no running instance on this node");
  }
}
