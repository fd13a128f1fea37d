package io.jitney.daemon.error;

import io.jitney.tenancy.admission.Admission;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;

/** What a tenant over its quota is told, on both fronts. */
public final class AdmissionErrors {
  private AdmissionErrors() {}

  public static DaprError of(Admission.Refused refused) {
    String code = refused.reason().code();
    return DaprError.rich(
        "ERR_" + code,
        429,
        GrpcStatus.RESOURCE_EXHAUSTED,
        "tenant limit reached: " + refused.limit(),
        new ErrorDetail.RetryInfo(refused.retryAfterMillis()),
        new ErrorDetail.ErrorInfo(code, Map.of("limit", refused.limit())));
  }
}
