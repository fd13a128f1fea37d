package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls of the victim's app that lie about who calls, or carry a second call inside. */
class InvokeIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String PATH = "/v1.0/invoke/victim/method/hello";

  /** The one call that reached the victim's app, checked for who it says it is from. */
  private static void fromMallory(List<TestedApp.Call> calls) {
    assertThat(calls).as("calls that reached the app").hasSizeLessThanOrEqualTo(2);
    for (TestedApp.Call call : calls) {
      assertThat(call.uri()).as("what was called").startsWith("/hello");
      call.headers()
          .forEach(
              (name, value) -> {
                switch (name.replace('_', '-')) {
                  case "dapr-caller-app-id" -> assertThat(value).as(name).isEqualTo("mallory");
                  case "dapr-caller-namespace" -> assertThat(value).as(name).isEqualTo("default");
                  case "dapr-callee-app-id" -> assertThat(value).as(name).isEqualTo("victim");
                  case "dapr-api-token" -> assertThat(value).as(name).isEqualTo(Victim.APP_TOKEN);
                  case "destination-app-id", "dapr-app-id", "smuggled" ->
                      throw new AssertionError("the app got " + name + ": " + value);
                  default -> {}
                }
              });
    }
  }

  private static void drained() {
    node.victim().app().take();
  }

  private static Attempt http(String name, String tries, String... headers) {
    return Attempt.of(
        name,
        tries,
        () -> {
          drained();
          node.mallory().ask("GET " + PATH, headers).refused(200, 400, 401, 500);
          fromMallory(node.victim().app().take());
        });
  }

  @TestFactory
  Stream<DynamicTest> identityOverHttp() {
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "mallory may call the victim",
                () -> {
                  drained();
                  node.mallory().ask("GET " + PATH).ok("hello from victim");
                  List<TestedApp.Call> calls = node.victim().app().take();
                  assertThat(calls).hasSize(1);
                  assertThat(calls.getFirst().header("dapr-caller-app-id")).isEqualTo("mallory");
                  assertThat(calls.getFirst().header("dapr-api-token")).isEqualTo(Victim.APP_TOKEN);
                }),
            http("caller", "another caller's app id", "dapr-caller-app-id: admin"),
            http("caller in capitals", "names differ in case", "DAPR-CALLER-APP-ID: admin"),
            http(
                "caller twice", "two values", "dapr-caller-app-id: x", "dapr-caller-app-id: admin"),
            http("caller with underscores", "what CGI makes equal", "dapr_caller_app_id: admin"),
            http("caller half underscored", "what CGI makes equal", "dapr-caller-app_id: admin"),
            http(
                "caller with dots", "what some frameworks make equal", "dapr.caller.app.id: admin"),
            http("namespace", "another namespace", "dapr-caller-namespace: kube-system"),
            http("namespace underscored", "what CGI makes equal", "dapr_caller_namespace: admin"),
            http("callee", "another callee", "dapr-callee-app-id: admin"),
            http("callee underscored", "what CGI makes equal", "dapr_callee_app_id: admin"),
            http("destination", "the internal header", "destination-app-id: admin"),
            http("app token", "a token of the own making", "dapr-api-token: forged"),
            http("app token underscored", "what CGI makes equal", "dapr_api_token: forged"),
            http(
                "nominated caller",
                "lets the connection take the caller's header away",
                "Connection: dapr-caller-app-id",
                "dapr-caller-app-id: admin"),
            http(
                "nominated token",
                "lets the connection take the app's token away",
                "Connection: dapr-api-token, dapr-caller-namespace"),
            http("trailing blank", "blanks around the value", "dapr-caller-app-id:   admin   "),
            http("folded", "a header over two lines", "x-a: 1\r\n dapr-caller-app-id: admin"),
            http(
                "bare newline",
                "a line end that only some see",
                "x-a: 1\ndapr-caller-app-id: admin"),
            http(
                "bare return",
                "a line end that only some see",
                "x-a: 1\rdapr-caller-app-id: admin"),
            http("NUL", "a NUL before the header", "x-a: 1\0\r\ndapr-caller-app-id: admin"),
            http(
                "vertical tab",
                "a blank that only some see",
                "x-a: 1\u000bdapr-caller-app-id: admin"),
            http("next line", "NEL as line end", "x-a: 1\u0085dapr-caller-app-id: admin"),
            http(
                "grpc prefix",
                "a header that gets a prefix on its way",
                "grpc-caller-app-id: admin"),
            http(
                "spiffe",
                "a mesh's identity",
                "x-forwarded-client-cert: URI=spiffe://x/ns/y/admin"),
            Attempt.of(
                "itself",
                "forges its caller towards its own app, which would trust it",
                () -> {
                  try (TestedApp own = new TestedApp("own")) {
                    Tenant self = node.open("self").app(own.port()).start();
                    self.ask(
                            "GET /v1.0/invoke/self/method/x",
                            "dapr-caller-app-id: admin",
                            "dapr-caller-namespace: admin")
                        .ok();
                    assertThat(own.forged()).isEmpty();
                    assertThat(own.take().getFirst().headers()).doesNotContainValue("admin");
                    self.close();
                  }
                }),
            Attempt.of(
                "header target wins",
                "a path to one app and a header to another: never both",
                () -> {
                  drained();
                  node.mallory()
                      .ask("GET /v1.0/invoke/victim/method/secret", "dapr-app-id: nobody")
                      .refused(500);
                  assertThat(node.victim().app().take()).isEmpty();
                })));
  }

  private static InvokeServiceRequest request(String method, String type, String query) {
    return InvokeServiceRequest.newBuilder()
        .setId("victim")
        .setMessage(
            InvokeRequest.newBuilder()
                .setMethod(method)
                .setContentType(type)
                .setData(Any.newBuilder().setValue(ByteString.copyFromUtf8("body")))
                .setHttpExtension(
                    HTTPExtension.newBuilder()
                        .setVerb(HTTPExtension.Verb.POST)
                        .setQuerystring(query)))
        .build();
  }

  private static Attempt grpc(
      String name, String tries, InvokeServiceRequest request, String... metadata) {
    return Attempt.of(
        "grpc " + name,
        tries,
        () -> {
          drained();
          node.mallory()
              .dapr("InvokeService", request, metadata)
              .refused(0, 2, 3, 13, 16, 400, Reply.NONE);
          node.mallory().ask("GET " + PATH).ok("hello from victim"); // still there for others
          fromMallory(node.victim().app().take());
        });
  }

  @TestFactory
  Stream<DynamicTest> identityOverGrpc() {
    InvokeServiceRequest hello = request("hello", "", "");
    String smuggled = " HTTP/1.1\r\nHost: x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "grpc call",
                () -> {
                  drained();
                  node.mallory().dapr("InvokeService", hello).ok("hello from victim");
                  assertThat(node.victim().app().take()).hasSize(1);
                }),
            grpc("caller", "forged caller", hello, "dapr-caller-app-id", "admin"),
            grpc("namespace", "forged namespace", hello, "dapr-caller-namespace", "admin"),
            grpc("underscores", "forged for CGI", hello, "dapr_caller_app_id", "admin"),
            grpc("callee", "forged callee", hello, "dapr-callee-app-id", "admin"),
            grpc("token", "forged app token", hello, "dapr-api-token", "forged"),
            grpc("newline in metadata", "a header inside a value", hello, "x", "1\r\nsmuggled: 1"),
            grpc("newline in a name", "a header inside a name", hello, "x: 1\r\nsmuggled", "1"),
            grpc("bare newline", "a header inside a value", hello, "x", "1\nsmuggled: 1"),
            grpc("transfer encoding", "another framing", hello, "transfer-encoding", "chunked"),
            grpc("length", "another length", hello, "content-length", "0"),
            grpc("connection", "names headers to drop", hello, "connection", "dapr-caller-app-id"),
            grpc("upgrade", "another protocol", hello, "upgrade", "h2c"),
            grpc("expect", "waits for leave", hello, "expect", "100-continue"),
            grpc("query", "a second request in the query", request("hello", "", "a=1" + smuggled)),
            grpc(
                "query newline", "a header in the query", request("hello", "", "a\r\nsmuggled: 1")),
            grpc("query blank", "a blank in the query", request("hello", "", "a=1 HTTP/1.0")),
            grpc("query fragment", "a fragment in the query", request("hello", "", "a#/../x")),
            grpc(
                "method newline",
                "a second request in the method",
                request("hello" + smuggled, "", "")),
            grpc("method blank", "a version in the method", request("hello HTTP/1.1", "", "")),
            grpc("method dots", "leaves by dots", request("../../hello/../hello", "", "")),
            grpc(
                "method url",
                "an absolute URL as method",
                request("hello/http://127.0.0.1/x", "", "")),
            grpc("method query", "a query in the method", request("hello?x", "", "")),
            grpc(
                "type newline",
                "a header in the type",
                request("hello", "a/b\r\nsmuggled: 1", ""))));
  }

  private static Attempt h2(String name, String tries, byte[] body, String... headers) {
    return Attempt.of(
        "h2 " + name,
        tries,
        () -> {
          drained();
          String[] all = new String[headers.length + 8];
          String[] fixed = {":method", "POST", ":scheme", "http", ":path", PATH, "", ""};
          System.arraycopy(fixed, 0, all, 0, 6);
          all[6] = "dapr-api-token";
          all[7] = AttackedNode.MALLORYS_TOKEN;
          System.arraycopy(headers, 0, all, 8, headers.length);
          if (headers.length > 0 && headers[0].equals(":path")) {
            all[5] = headers[1];
            all[8] = "x-a";
            all[9] = "b";
          }
          RawHttp2.ask(node.mallory().http(), body, all).withoutSecrets();
          node.mallory().ask("GET " + PATH).ok("hello from victim"); // still there for others
          Thread.sleep(20); // what was smuggled would come a moment later
          fromMallory(node.victim().app().take());
        });
  }

  @TestFactory
  Stream<DynamicTest> aCallInACall() {
    String request = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    byte[] body = ("0\r\n\r\n" + request).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    List<Attempt> all = new ArrayList<>();
    all.add(
        Attempt.control(
            "h2 call",
            () -> {
              drained();
              RawHttp2.ask(
                      node.mallory().http(),
                      "ab".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                      ":method",
                      "POST",
                      ":scheme",
                      "http",
                      ":path",
                      PATH,
                      ":authority",
                      "x",
                      "dapr-api-token",
                      AttackedNode.MALLORYS_TOKEN)
                  .ok("hello from victim");
              assertThat(node.victim().app().take().getFirst().body()).isEqualTo("ab");
            }));
    all.add(h2("short length", "more body than the length says", body, "content-length", "0"));
    all.add(h2("length 5", "the rest would be a request", body, "content-length", "5"));
    all.add(h2("two lengths", "which counts?", body, "content-length", "5", "content-length", "0"));
    all.add(h2("signed length", "+5", body, "content-length", "+5"));
    all.add(h2("chunked", "framing of HTTP/1", body, "transfer-encoding", "chunked"));
    all.add(
        h2("connection", "a header of HTTP/1", body, "connection", "keep-alive, dapr-api-token"));
    all.add(h2("newline", "a request in a header", body, "x", "1\r\n\r\n" + request));
    all.add(h2("newline in a name", "a request in a name", body, "x: 1\r\n\r\n" + request, "1"));
    all.add(h2("colon in a name", "a header in a name", body, "smuggled: 1", "1"));
    all.add(
        h2("path", "a request in the path", body, ":path", PATH + " HTTP/1.1\r\n\r\n" + request));
    all.add(
        h2(
            "query",
            "a request in the query",
            body,
            ":path",
            PATH + "?a HTTP/1.1\r\n\r\n" + request));
    all.add(
        h2(
            "query header",
            "a header in the query",
            body,
            ":path",
            PATH + "?a HTTP/1.1\r\nsmuggled: 1\r\nx: "));
    all.add(h2("query blank", "a blank in the query", body, ":path", PATH + "?a b"));
    all.add(
        h2(
            "encoded newline",
            "an escaped newline in the method",
            body,
            ":path",
            PATH + "%0d%0asmuggled:1"));
    all.add(
        h2(
            "encoded twice",
            "an escape in an escape",
            body,
            ":path",
            PATH + "%250d%250asmuggled:1"));
    all.add(h2("authority", "a header in the authority", body, ":authority", "x\r\nsmuggled: 1"));
    all.add(
        h2("method", "a request line as method", body, ":method", "GET /smuggled HTTP/1.1\r\nx:"));
    return Attempt.tests(node, all);
  }
}
