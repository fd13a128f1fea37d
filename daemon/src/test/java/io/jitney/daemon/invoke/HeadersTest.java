package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.jitney.daemon.invoke.AppCall.Hop;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.memory.MemoryBudget;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {
  private static final Hop HOP = new Hop("ns", "a", "b", "10.0.0.1", "host");
  private static final Trace SPAN =
      new Trace("00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01", "");
  private static final String SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings",
        "TE",
        "Trailer",
        "Proxy-Authorization",
        "proxy-authenticate"
      })
  void headersOfOneConnectionStayOnIt(String name) {
    assertThat(toHttp(null, null, name, "x", "x-kept", "1"))
        .doesNotContain(name)
        .contains("x-kept");
    MultiMap back = MultiMap.caseInsensitiveMultiMap();
    ResponseHeaders.httpToHttp(map(name, "x"), back);
    assertThat(back.contains(name)).isFalse();
  }

  @Test
  void headersThatConnectionNamesStayToo() {
    assertThat(toHttp(null, null, "Connection", "x-drop, keep-alive", "X-Drop", "1", "X-Keep", "1"))
        .doesNotContain("X-Drop")
        .contains("X-Keep");
  }

  @Test
  void anHttpAppGetsNoBinaryAndNoGrpcHeaders() {
    MultiMap seen =
        http(null, null, "x-some-bin", "AAEC", "grpc-timeout", "1S", "X-Many", "1", "X-Many", "2");
    assertThat(seen.contains("x-some-bin")).isFalse();
    assertThat(seen.get("dapr-grpc-timeout")).isEqualTo("1S");
    assertThat(seen.getAll("x-many")).containsExactly("1", "2");
  }

  @Test
  void nobodySaysWhoCallsButTheDaemon() {
    String[] forged = {
      "dapr-caller-app-id", "evil", "Dapr-Caller-Namespace", "evil", "DAPR-CALLEE-APP-ID", "evil"
    };
    MultiMap own = http(null, null, forged);
    assertThat(own.contains("dapr-caller-app-id")).isFalse();
    assertThat(own.contains("dapr-caller-namespace")).isFalse();
    assertThat(own.contains("dapr-callee-app-id")).isFalse();
    MultiMap other = http(HOP, null, forged);
    assertThat(other.getAll("dapr-caller-app-id")).containsExactly("a");
    assertThat(other.getAll("dapr-caller-namespace")).containsExactly("ns");
    assertThat(other.getAll("dapr-callee-app-id")).containsExactly("b");
  }

  @Test
  void theWayIsAddedToWhatProxiesBeforeSaid() {
    MultiMap seen = http(HOP, null, "x-forwarded-for", "client", "forwarded", "for=x");
    assertThat(seen.getAll("x-forwarded-for")).containsExactly("client", "10.0.0.1");
    assertThat(seen.getAll("x-forwarded-host")).containsExactly("host");
    assertThat(seen.getAll("forwarded"))
        .containsExactly("for=x", "for=10.0.0.1;by=10.0.0.1;host=host");
    assertThat(new Hop("", "", "", "::1", "h").forwarded())
        .isEqualTo("for=\"[::1]\";by=\"[::1]\";host=h");
  }

  @Test
  void theTokenIsTheAppsOwn() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    RequestHeaders.toHttp(call(null, null, false, "dapr-api-token", "mine"), to, "app-secret");
    assertThat(to.getAll("dapr-api-token")).containsExactly("app-secret");
    assertThat(http(null, null, "dapr-api-token", "mine").get("dapr-api-token")).isEqualTo("mine");
    MultiMap dropped = MultiMap.caseInsensitiveMultiMap();
    RequestHeaders.toHttp(call(null, null, true, "dapr-api-token", "mine"), dropped, "");
    assertThat(dropped.contains("dapr-api-token")).isFalse();
  }

  @Test
  void compressionIsAskedForWhereTheCallerSaysNothing() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    assertThat(RequestHeaders.toHttp(call(null, null, false), to, "")).isTrue();
    assertThat(to.get("accept-encoding")).isEqualTo("gzip");
    MultiMap own = MultiMap.caseInsensitiveMultiMap();
    assertThat(RequestHeaders.toHttp(call(null, null, false, "Accept-Encoding", "br"), own, ""))
        .isFalse();
    assertThat(own.getAll("accept-encoding")).containsExactly("br");
    assertThat(
            RequestHeaders.toHttp(
                call(null, null, false, "Range", "bytes=0-1"),
                MultiMap.caseInsensitiveMultiMap(),
                ""))
        .isFalse();
  }

  @Test
  void traceContextIsTheCallsSpan() {
    MultiMap seen = http(HOP, SPAN, "traceparent", SENT, "tracestate", "no-equals");
    assertThat(seen.getAll("traceparent")).containsExactly(SPAN.traceparent());
    assertThat(seen.get("tracestate"))
        .as("what daprd does not read goes on")
        .isEqualTo("no-equals");
    assertThat(http(HOP, SPAN, "tracestate", "a=1").contains("tracestate"))
        .as("without a parent")
        .isFalse();
  }

  @Test
  void withoutTracingOrSpanTheClientsContextPasses() {
    assertThat(http(HOP, null, "traceparent", SENT).get("traceparent")).isEqualTo(SENT);
    assertThat(
            http(HOP, Trace.NONE, "traceparent", "nonsense", "tracestate", "v=1")
                .get("traceparent"))
        .isEqualTo("nonsense");
    assertThat(http(null, Trace.NONE).get("traceparent")).isEqualTo(Trace.NONE.traceparent());
  }

  @Test
  void onlyTheFirstBaggageSurvives() {
    assertThat(http(HOP, null, "baggage", "k=v", "baggage", "k2=v2").getAll("baggage"))
        .containsExactly("k=v");
  }

  @Test
  void aGrpcAppGetsMetadata() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    RequestHeaders.toGrpc(
        call(
            HOP,
            SPAN,
            false,
            "Cookie",
            "c=d",
            "X-Custom",
            "v",
            "content-length",
            "4",
            "x-a-bin",
            "AAEC",
            "x-b-bin",
            "%%%",
            "user-agent",
            "u",
            "authorization",
            "Bearer t"),
        to,
        "");
    assertThat(to.get("dapr-cookie")).isEqualTo("c=d");
    assertThat(to.get("dapr-content-length")).isEqualTo("4");
    assertThat(to.get("x-custom")).isEqualTo("v");
    assertThat(to.get("authorization")).isEqualTo("Bearer t");
    assertThat(to.get("x-a-bin")).isEqualTo("AAEC");
    assertThat(to.contains("x-b-bin")).as("no base64").isFalse();
    assertThat(to.contains("user-agent")).isFalse();
    assertThat(to.get("dapr-caller-app-id")).isEqualTo("a");
  }

  @Test
  void anAnswersHeadersComeBackWithoutItsLength() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap().add("traceparent", "daemon");
    ResponseHeaders.httpToHttp(
        map(
            "Content-Length",
            "4",
            "x-some-bin",
            "A",
            "grpc-status",
            "5",
            "traceparent",
            "app",
            "Set-Cookie",
            "a",
            "Set-Cookie",
            "b"),
        to);
    assertThat(to.contains("content-length")).isFalse();
    assertThat(to.contains("x-some-bin")).isFalse();
    assertThat(to.get("dapr-grpc-status")).isEqualTo("5");
    assertThat(to.getAll("traceparent")).containsExactly("app");
    assertThat(to.getAll("set-cookie")).containsExactly("a", "b");
  }

  @Test
  void anAnswersHeadersAsMetadata() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    ResponseHeaders.httpToGrpc(
        201, map("Cache-Control", "no-store", "ETag", "e", "Content-Length", "1"), to, SPAN);
    assertThat(to.get("dapr-cache-control")).isEqualTo("no-store");
    assertThat(to.get("etag")).isEqualTo("e");
    assertThat(to.get("dapr-http-status")).isEqualTo("201");
    assertThat(to.get("traceparent")).isEqualTo(SPAN.traceparent());
    assertThat(to.contains("content-length")).isFalse();
  }

  @Test
  void aProtobufMessageHasItsOwnType() {
    AppCall call =
        call(null, null, false)
            .with(new CallBody.Whole(Buffer.buffer("x"), "type.googleapis.com/T"));
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    RequestHeaders.toHttp(call, to, "");
    assertThat(to.get("content-type")).isEqualTo("application/x-protobuf");
  }

  private static List<String> toHttp(@Nullable Hop hop, @Nullable Trace trace, String... headers) {
    return List.copyOf(http(hop, trace, headers).names());
  }

  private static MultiMap http(@Nullable Hop hop, @Nullable Trace trace, String... headers) {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    RequestHeaders.toHttp(call(hop, trace, false, headers), to, "");
    return to;
  }

  private static AppCall call(
      @Nullable Hop hop, @Nullable Trace trace, boolean dropsToken, String... headers) {
    return new AppCall(
        false,
        HTTPExtension.Verb.GET,
        "x",
        "",
        map(headers),
        "",
        new CallBody.None(),
        trace,
        hop,
        dropsToken,
        new Cancellation(),
        Account.named("caller"),
        new CallMemory(MemoryBudget.unlimited().open(1)));
  }

  private static MultiMap map(String... headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < headers.length; i += 2) {
      map.add(headers[i], headers[i + 1]);
    }
    return map;
  }
}
