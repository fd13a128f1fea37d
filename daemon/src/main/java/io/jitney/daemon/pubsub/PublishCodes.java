package io.jitney.daemon.pubsub;

import io.jitney.components.pubsub.BulkPublishFailure;
import io.jitney.components.spi.ComponentException;
import io.jitney.daemon.resiliency.Resiliency;
import io.vertx.grpc.common.GrpcStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a retry policy is told of a broker's failure. Brokers speak of two kinds, what may pass and
 * what would come again, as gRPC codes; who publishes over HTTP has them looked up among the HTTP
 * statuses, everybody else, the runtime included, among the gRPC codes.
 */
enum PublishCodes {
  GRPC(GrpcStatus.UNAVAILABLE.code, GrpcStatus.FAILED_PRECONDITION.code),
  HTTP(503, 400);

  private final int passing;
  private final int terminal;

  PublishCodes(int passing, int terminal) {
    this.passing = passing;
    this.terminal = terminal;
  }

  /** Time-outs of a policy have no code: they are repeated whatever its lists say. */
  int of(@Nullable Throwable failure) {
    return switch (failure) {
      case null -> Resiliency.NO_CODE;
      // What the tenant's own limits refused is not asked for again at once.
      case ComponentException.Overloaded overloaded -> Resiliency.NEVER;
      case PublishFailure.Overloaded overloaded -> Resiliency.NEVER;
      case ComponentException.Failed failed -> failed.isTerminal() ? terminal : passing;
      case BulkPublishFailure failed -> failed.isTerminal() ? terminal : passing;
      case PublishFailure.Partial failed -> of(failed.getCause());
      default -> Resiliency.NO_CODE;
    };
  }
}
