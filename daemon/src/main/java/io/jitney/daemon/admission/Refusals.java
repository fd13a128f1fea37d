package io.jitney.daemon.admission;

import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.GrpcErrorWriter;
import io.jitney.daemon.error.HttpErrorWriter;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Admission.Refused;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The refusals of one tenant, encoded once each: a flood of refused calls must not cost what
 * serving them would have. There are few different ones, since waits are rounded up.
 */
public final class Refusals {
  private static final int MOST_KEPT = 128;
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("retry-after");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence GRPC = HttpHeaders.createOptimized("application/grpc");
  private static final CharSequence GRPC_STATUS = HttpHeaders.createOptimized("grpc-status");
  private static final CharSequence GRPC_MESSAGE = HttpHeaders.createOptimized("grpc-message");
  private static final CharSequence GRPC_DETAILS =
      HttpHeaders.createOptimized("grpc-status-details-bin");

  /**
   * One refusal as both fronts send it.
   *
   * @param body never written to: every answer sends a view of its own. On the heap, so that it
   *     goes with its tenant: nobody releases it
   */
  private record Encoded(
      int status,
      CharSequence retryAfter,
      ByteBuf body,
      CharSequence length,
      CharSequence grpcStatus,
      CharSequence grpcMessage,
      CharSequence grpcDetails) {

    static Encoded of(DaprError error, long retryAfterMillis) {
      byte[] body = HttpErrorWriter.body(error).getBytes();
      long seconds = Math.max(1, (retryAfterMillis + 999) / 1000);
      return new Encoded(
          error.httpStatus(),
          HttpHeaders.createOptimized(Long.toString(seconds)),
          Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(body)),
          HttpHeaders.createOptimized(Integer.toString(body.length)),
          HttpHeaders.createOptimized(Integer.toString(error.grpcStatus().code)),
          HttpHeaders.createOptimized(GrpcErrorWriter.encodedMessage(error)),
          HttpHeaders.createOptimized(GrpcErrorWriter.detailsHeader(error)));
    }
  }

  private final TenantId tenant;
  private final Map<Refused, Encoded> encoded = new ConcurrentHashMap<>();

  public Refusals(TenantId tenant) {
    this.tenant = tenant;
  }

  private Encoded of(Refused refused) {
    Refused rounded =
        new Refused(
            refused.reason(),
            refused.limit(),
            refused.value(),
            rounded(refused.retryAfterMillis()));
    Encoded known = encoded.get(rounded);
    if (known == null) {
      if (encoded.size() >= MOST_KEPT) {
        encoded.clear(); // of policies that were
      }
      known = Encoded.of(AdmissionErrors.ofTenant(rounded, tenant), rounded.retryAfterMillis());
      encoded.put(rounded, known);
    }
    return known;
  }

  /** Up to 1, 2 or 5 times a power of ten, so that there are few different waits. */
  static long rounded(long millis) {
    long power = 1;
    while (power * 10 <= millis) {
      power *= 10;
    }
    for (long step : new long[] {1, 2, 5}) {
      if (millis <= step * power) {
        return step * power;
      }
    }
    return 10 * power;
  }

  /**
   * Answers over HTTP: 429, or 413 for what can never be let in. The connection can be used again
   * when the request's body is absent or small.
   */
  public void http(HttpServerRequest request, Refused refused) {
    Encoded its = of(refused);
    HttpServerResponse response = request.response();
    response.setStatusCode(its.status());
    response
        .headers()
        .set(HttpHeaders.CONTENT_TYPE, JSON)
        .set(RETRY_AFTER, its.retryAfter())
        .set(HttpHeaders.CONTENT_LENGTH, its.length());
    response.end(BufferInternal.buffer(its.body().duplicate()));
    if (!request.isEnded()) {
      Discard.rest(request);
    }
  }

  /** Answers over gRPC, with trailers alone: RESOURCE_EXHAUSTED with ErrorInfo and RetryInfo. */
  public void grpc(HttpServerRequest request, Refused refused) {
    Encoded its = of(refused);
    HttpServerResponse response = request.response();
    response
        .headers()
        .set(HttpHeaders.CONTENT_TYPE, GRPC)
        .set(GRPC_STATUS, its.grpcStatus())
        .set(GRPC_MESSAGE, its.grpcMessage())
        .set(GRPC_DETAILS, its.grpcDetails());
    response.end();
    request.resume();
  }

  /** A refusal in the middle of a call, for the way that errors of a call take. */
  public DaprError error(Refused refused) {
    return AdmissionErrors.ofTenant(refused, tenant);
  }
}
