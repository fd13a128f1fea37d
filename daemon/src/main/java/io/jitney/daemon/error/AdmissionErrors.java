package io.jitney.daemon.error;

import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a tenant over its quota is told, on both fronts. */
public final class AdmissionErrors {
  /** Of the reasons: they are Jitney's, daprd has none of them. */
  private static final String DOMAIN = "jitney.io";

  private AdmissionErrors() {}

  /**
   * The error of a refusal.
   *
   * @param tenant whose limit it is
   */
  public static DaprError ofTenant(Admission.Refused refused, TenantId tenant) {
    String code = refused.reason().code();
    return DaprError.rich(
        "ERR_" + code,
        refused.reason() == Reason.BODY_SIZE ? 413 : 429,
        GrpcStatus.RESOURCE_EXHAUSTED,
        "tenant limit reached: " + refused.limit(),
        new ErrorDetail.RetryInfo(refused.retryAfterMillis()),
        new ErrorDetail.ErrorInfo(code, DOMAIN, details(refused, tenant)));
  }

  private static Map<String, String> details(Admission.Refused refused, @Nullable TenantId tenant) {
    Map<String, String> details = new TreeMap<>();
    details.put("limit", refused.limit());
    if (!refused.value().isEmpty()) {
      details.put("value", refused.value());
    }
    if (tenant != null) {
      details.put("tenant", tenant.toString());
    }
    return details;
  }

  /** As {@link #ofTenant}, where the tenant is not at hand. */
  public static DaprError of(Admission.Refused refused) {
    String code = refused.reason().code();
    return DaprError.rich(
        "ERR_" + code,
        refused.reason() == Reason.BODY_SIZE ? 413 : 429,
        GrpcStatus.RESOURCE_EXHAUSTED,
        "tenant limit reached: " + refused.limit(),
        new ErrorDetail.RetryInfo(refused.retryAfterMillis()),
        new ErrorDetail.ErrorInfo(code, DOMAIN, details(refused, null)));
  }
}
