package io.jitney.daemon.invoke;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to an app or an endpoint, from whichever front it came.
 *
 * @param fromGrpc whether the caller spoke gRPC: header names mean other things then
 * @param verb HTTP verb; null when a gRPC caller gave no HTTP extension
 * @param method cleaned, decoded, without leading slash
 * @param query query string without question mark, as sent; "" none
 * @param headers what the caller sent, unfiltered
 * @param contentType of the body; "" none
 * @param body its bytes
 * @param trace trace of the call; null when tracing is off
 * @param hop what is added on the way to another app; null for the own app and for endpoints
 * @param dropsApiToken whether {@code dapr-api-token} was for the caller's own API and ends here
 * @param cancellation takes the call back when the caller goes away
 * @param account the caller's
 * @param memory what the call holds
 */
public record AppCall(
    boolean fromGrpc,
    HTTPExtension.@Nullable Verb verb,
    String method,
    String query,
    MultiMap headers,
    String contentType,
    CallBody body,
    @Nullable Trace trace,
    @Nullable Hop hop,
    boolean dropsApiToken,
    Cancellation cancellation,
    Account account,
    CallMemory memory) {

  /** The same call on its way to another app. */
  AppCall over(Hop to) {
    return new AppCall(
        fromGrpc,
        verb,
        method,
        query,
        headers,
        contentType,
        body,
        trace,
        to,
        dropsApiToken,
        cancellation,
        account,
        memory);
  }

  /** The same call with its body read. */
  AppCall with(CallBody read) {
    return new AppCall(
        fromGrpc,
        verb,
        method,
        query,
        headers,
        contentType,
        read,
        trace,
        hop,
        dropsApiToken,
        cancellation,
        account,
        memory);
  }

  /** The same call, to be taken back by {@code other}. */
  AppCall with(Cancellation other) {
    return new AppCall(
        fromGrpc,
        verb,
        method,
        query,
        headers,
        contentType,
        body,
        trace,
        hop,
        dropsApiToken,
        other,
        account,
        memory);
  }

  /** Whether the body is not kept and so the call never repeated. */
  boolean streaming() {
    return body instanceof CallBody.Incoming incoming && incoming.streaming();
  }

  /**
   * What another app is told about the way of a call.
   *
   * @param forwardedFor address of the caller's host
   * @param forwardedHost its name
   */
  public record Hop(
      String callerNamespace,
      String callerAppId,
      String calleeAppId,
      String forwardedFor,
      String forwardedHost) {
    /** Value of {@code Forwarded}; IPv6 addresses in quotes and brackets. */
    String forwarded() {
      String address = forwardedFor.indexOf(':') >= 0 ? "\"[" + forwardedFor + "]\"" : forwardedFor;
      return "for=" + address + ";by=" + address + ";host=" + forwardedHost;
    }
  }
}
