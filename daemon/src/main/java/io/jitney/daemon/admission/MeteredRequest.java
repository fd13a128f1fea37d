package io.jitney.daemon.admission;

import io.jitney.daemon.error.DaprException;
import io.jitney.tenancy.admission.Admission.Admitted;
import io.jitney.tenancy.admission.Admission.Refused;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.TenantAdmission;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body has no announced length, of a tenant whose bytes are limited: what comes is
 * reserved as it comes. When there is no room for more, or it grows too large, whoever reads it
 * gets a {@link DaprException} as if the body had broken off, and nothing more.
 */
public final class MeteredRequest extends HttpServerRequestWrapper {
  private final TenantAdmission admission;
  private final Admitted admitted;
  private final Refusals refusals;
  private final boolean stream;
  private @Nullable Handler<Throwable> failed;
  private long seen;
  private boolean refused;

  private MeteredRequest(
      HttpServerRequest request,
      TenantAdmission admission,
      Admitted admitted,
      Refusals refusals,
      boolean stream) {
    super((HttpServerRequestInternal) request);
    this.admission = admission;
    this.admitted = admitted;
    this.refusals = refusals;
    this.stream = stream;
  }

  /**
   * The request itself where there is nothing to meter.
   *
   * @param stream whether its body has no end in view: then its bytes are held only until they are
   *     passed on, and their sum is not the size of a body
   */
  public static HttpServerRequest of(
      HttpServerRequest request,
      TenantAdmission admission,
      Admitted admitted,
      Refusals refusals,
      boolean stream) {
    Quota quota = admission.quota();
    boolean limited = quota.maxBytesInFlight() > 0 || quota.maxBodySize() > 0;
    return limited && length(request) < 0
        ? new MeteredRequest(request, admission, admitted, refusals, stream)
        : request;
  }

  /** Bytes of the body as its client announced them; -1: it did not, 0: there is none. */
  public static long length(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    if (length != null) {
      try {
        return Math.max(0, Long.parseLong(length.trim()));
      } catch (NumberFormatException unreadable) {
        return -1;
      }
    }
    return request.isEnded() ? 0 : -1;
  }

  /** Tells that bytes of the body have been passed on; for requests of any kind. */
  public static void passed(HttpServerRequest request, long bytes) {
    if (request instanceof MeteredRequest metered) {
      metered.admitted.passed(bytes);
    }
  }

  @Override
  public HttpServerRequest handler(@Nullable Handler<Buffer> handler) {
    if (handler == null) {
      super.handler(null);
    } else {
      super.handler(chunk -> chunk(chunk, handler));
    }
    return this;
  }

  @Override
  public HttpServerRequest exceptionHandler(@Nullable Handler<Throwable> handler) {
    failed = handler;
    super.exceptionHandler(handler);
    return this;
  }

  private void chunk(Buffer chunk, Handler<Buffer> handler) {
    if (refused) {
      return;
    }
    long size = chunk.length();
    seen += size;
    Refused no = stream ? null : admission.tooLarge(seen);
    if (no == null) {
      no = admitted.hold(size);
    }
    if (no == null) {
      handler.handle(chunk);
      if (stream) {
        admitted.passed(size);
      }
      return;
    }
    refused = true;
    Handler<Throwable> told = failed;
    if (told != null) {
      told.handle(refusals.error(no).exception());
    }
  }
}
