package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;

/**
 * What service invocation answers. An error has an outer form with the id as it was asked for, and
 * inside what Go's errors say: for the own app as it is, for another one as the gRPC status its
 * daprd would have sent.
 */
public final class InvokeErrors {
  /** First bytes of an app's error body that a gRPC status carries. */
  private static final int EXCERPT = 63;

  private InvokeErrors() {}

  public static DaprError noTarget() {
    return plain(
        404,
        GrpcStatus.NOT_FOUND,
        "failed getting app id either from the URL path or the header dapr-app-id");
  }

  public static DaprError failed(String id, String cause) {
    return plain(500, GrpcStatus.INTERNAL, message(id, cause));
  }

  /** The target's access control policy says no. */
  public static DaprError denied(String id, String denial) {
    return plain(403, GrpcStatus.INTERNAL, message(id, status("PermissionDenied", denial)));
  }

  private static String message(String id, String cause) {
    return "failed to invoke, id: " + id + ", err: " + cause;
  }

  private static DaprError plain(int http, GrpcStatus grpc, String message) {
    return DaprError.plain("ERR_DIRECT_INVOKE", http, grpc, message);
  }

  /** The answer of an HTTP app to a gRPC caller: {@code excerpt} is the body, or its beginning. */
  public static DaprError httpStatus(int http, GrpcStatus status, byte[] excerpt) {
    String text = HttpStatusText.of(http);
    String body =
        new String(
            excerpt, 0, Math.min(excerpt.length, EXCERPT), java.nio.charset.StandardCharsets.UTF_8);
    return DaprError.rich(
        text,
        http,
        status,
        text,
        new ErrorDetail.ErrorInfo(
            text, Map.of("http.code", Integer.toString(http), "http.error_message", body)));
  }

  /** A gRPC status as Go prints it. */
  public static String status(String code, String message) {
    return "rpc error: code = " + code + " desc = " + message;
  }

  public static String invalidArgument(String message) {
    return status("InvalidArgument", message);
  }

  /** What happened between the target's daprd and its app, as the caller's daprd gets it. */
  public static String fromChannel(String cause) {
    return status("Internal", "error invoking app channel: " + cause);
  }

  public static String appIdEmpty() {
    return "app id is empty";
  }

  public static String invalidAppId(String id) {
    return "invalid app id " + id;
  }

  public static String notFound(String appId) {
    return "couldn't find service: " + appId;
  }

  /** The same for proxied gRPC calls. */
  public static String notFoundByProxy(String appId) {
    return "timeout waiting for address for app id " + appId;
  }

  public static String noInstance(String appId, int retries) {
    return "failed to invoke target "
        + appId
        + " after "
        + retries
        + " retries. Error: "
        + noInstance();
  }

  public static String noInstance() {
    return status("Unavailable", "no instance of the app takes calls");
  }

  public static String noOwnApp() {
    return "cannot invoke local endpoint: app channel not initialized";
  }

  public static String noApp() {
    return status("Internal", "app channel is not initialized");
  }

  public static String unhealthy() {
    return status("Internal", "app is not in a healthy state");
  }

  public static String busy(String why) {
    return status("ResourceExhausted", why);
  }

  public static String invalidVerb() {
    return invalidArgument("invalid HTTP verb");
  }

  public static String missingExtension() {
    return invalidArgument("missing HTTP extension field");
  }

  public static String missingMessage() {
    return invalidArgument(
        "parsing InternalInvokeRequest error: request does not contain the required fields in the leading chunk");
  }

  public static String noAnswerFromStream() {
    return "no response received from stream";
  }

  /** The body of a call to another app is longer than {@code --max-body-size}. */
  public static String bodyTooLong(long length, long limit) {
    return "net/http: HTTP/1.x transport connection broken: http: ContentLength="
        + length
        + " with Body length "
        + limit;
  }

  /** A header that HTTP can not carry; what it holds may be a secret and is not told. */
  public static String invalidHeader() {
    return "net/http: invalid header field value";
  }

  /**
   * A URL with a line end or the like in it.
   *
   * @param quoted the URL as Go quotes it
   */
  public static String controlCharacter(String quoted) {
    return "parse " + quoted + ": net/url: invalid control character in URL";
  }

  /** An address of the node itself, asked for by an app that is not on it. */
  public static String forbiddenAddress(String host) {
    return "calls to " + host + " are not allowed from this app: it is an address of the node";
  }

  public static String tooManyRedirects() {
    return "stopped after 10 redirects";
  }

  /** The denial of an access control policy; the caller's id is empty without mTLS. */
  public static String denial(String callerId, String operation, String verb) {
    return "access control policy has denied access to id: "
        + callerId
        + " operation: "
        + operation
        + " verb: "
        + verb;
  }

  public static String proxyWithoutTarget(boolean tracing) {
    return tracing
        ? "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata"
        : "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found";
  }

  /** Proxying to an app without a port. */
  public static String proxyWithoutApp() {
    return TransportErrors.dialFailed("dial tcp 127.0.0.1:0: connect: connection refused");
  }

  /** Proxying to an HTTPEndpoint or a URL: there is no gRPC connection to those. */
  public static String proxyToUrl(String url) {
    return TransportErrors.dialFailed("dial tcp: address " + url + ": too many colons in address");
  }
}
