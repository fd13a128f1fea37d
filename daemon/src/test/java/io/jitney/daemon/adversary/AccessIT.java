package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Around what an app's Configuration allows others, and what it allows its own app. */
class AccessIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String CONTROL =
      """
      accessControl:
        defaultAction: allow
        trustDomain: public
        policies:
        - appId: evil
          defaultAction: deny
          trustDomain: public
          namespace: default
          operations:
          - {name: /public/*, httpVerb: ['GET'], action: allow}
        - appId: friend
          defaultAction: allow
          trustDomain: public
          namespace: default
          operations:
          - {name: /private, httpVerb: ['*'], action: deny}
      """;

  private static final String CLOSED =
      """
      api:
        denied:
        - {name: state, version: v1, protocol: http}
        - {name: invoke, version: v1, protocol: http}
        - {name: state, version: v1, protocol: grpc}
      """;

  private static TestedApp app;
  private static Tenant evil;
  private static Tenant friend;
  private static Tenant withoutMtls;
  private static Tenant limited;

  @BeforeAll
  static void tenants() throws Exception {
    app = new TestedApp("guarded");
    secured("guarded").app(app.port()).config(CONTROL).start();
    evil = secured("evil").start();
    friend = secured("friend").start();
    limited = node.open("limited").sharedStores().config(CLOSED).start();
  }

  private static Tenant.Opening secured(String appId) throws Exception {
    return node.open(appId).flag("--enable-mtls").env("DAPR_TRUST_ANCHORS", "anchors");
  }

  @AfterAll
  static void end() {
    app.close();
  }

  private static Attempt denied(String name, String tries, Attempt.Act act) {
    return Attempt.of(
        name,
        tries,
        () -> {
          app.take();
          act.run();
          assertThat(app.take()).as("calls that came through").isEmpty();
        });
  }

  private static Attempt path(String name, String path, String... headers) {
    return denied(
        "evil " + name,
        "a path that is taken for a public one: " + path,
        () -> evil.ask("GET " + path, headers).refused(400, 403, 404, 500));
  }

  @TestFactory
  Stream<DynamicTest> policies() {
    String method = "/v1.0/invoke/guarded/method";
    List<Attempt> all = new ArrayList<>();
    all.add(
        Attempt.control(
            "what is public",
            () -> {
              evil.ask("GET " + method + "/public/x").ok("hello from guarded");
              friend.ask("GET " + method + "/other").ok("hello from guarded");
              assertThat(app.take()).hasSize(2);
            }));
    all.add(path("plain", method + "/secret"));
    all.add(path("dots", method + "/public/../secret"));
    all.add(path("escaped dots", method + "/public/%2e%2e/secret"));
    all.add(path("escaped slashes", method + "/public/..%2fsecret"));
    all.add(path("many slashes", method + "//secret"));
    all.add(path("a level below", method + "/public/x/secret"));
    all.add(path("namespace given", "/v1.0/invoke/guarded.default/method/secret"));
    all.add(path("by header", "/secret", "dapr-app-id: guarded"));
    all.add(path("by header and namespace", "/secret", "dapr-app-id: guarded.default"));
    all.add(path("by basic auth", "/secret", "Authorization: Basic ZGFwci1hcHAtaWQ6Z3VhcmRlZA=="));
    all.add(path("forged caller", method + "/secret", "dapr-caller-app-id: friend"));
    all.add(path("forged certificate", method + "/secret", "x-forwarded-client-cert: friend"));
    all.add(path("query", method + "/secret?/public/x"));
    all.add(path("fragment", method + "/secret%23/public/x"));
    all.add(path("other verb", method + "/secret", "X-HTTP-Method-Override: GET"));
    all.add(
        denied(
            "verb in lower case",
            "a verb that only the app understands",
            () -> evil.ask("post " + method + "/public/x").refused(400, 403, 500)));
    all.add(
        denied(
            "verb that is not allowed",
            "POST where GET is public",
            () -> evil.ask("POST " + method + "/public/x").refused(403, 500)));
    all.add(
        denied(
            "grpc",
            "InvokeService by a caller that is denied",
            () -> evil.dapr("InvokeService", get("guarded", "secret")).refused(7, 13)));
    all.add(
        denied(
            "grpc dots",
            "InvokeService with dots",
            () -> evil.dapr("InvokeService", get("guarded", "public/../secret")).refused(7, 13)));
    all.add(
        denied(
            "grpc proxy",
            "a proxied call",
            () ->
                evil.dapr("/public/x", Empty.getDefaultInstance(), "dapr-app-id", "guarded")
                    .refused(7, 14)));
    all.add(
        denied(
            "without mTLS",
            "switches mTLS off, so as not to be known",
            () -> {
              evil.close();
              withoutMtls = node.open("evil").start();
              withoutMtls.ask("GET " + method + "/secret").refused(403, 500);
              withoutMtls.dapr("InvokeService", get("guarded", "secret")).refused(7, 13);
              withoutMtls.close();
              evil = secured("evil").start();
            }));
    all.add(
        denied(
            "friend's private",
            "what is denied to a friend, in other letters",
            () -> {
              for (String path :
                  List.of("/private", "/PRIVATE", "/private/", "/private/x", "/./private")) {
                friend.ask("GET " + method + path).refused(403, 500);
              }
            }));
    all.add(
        denied(
            "another trust domain",
            "a caller of that name from a domain of its own making",
            () -> {
              evil.close();
              Tenant other =
                  secured("evil").config("accessControl: {trustDomain: public}\n").start();
              other.ask("GET " + method + "/secret").refused(403, 500);
              other.close();
              evil = secured("evil").start();
            }));
    return Attempt.tests(node, all);
  }

  private static InvokeServiceRequest get(String id, String method) {
    return InvokeServiceRequest.newBuilder()
        .setId(id)
        .setMessage(
            InvokeRequest.newBuilder()
                .setMethod(method)
                .setHttpExtension(HTTPExtension.newBuilder().setVerb(HTTPExtension.Verb.GET)))
        .build();
  }

  private static Attempt closed(String name, String line, String... headers) {
    return Attempt.of(
        "closed API, " + name,
        "reaches an API that the Configuration closes: " + line,
        () -> {
          node.victim().app().take();
          limited.ask(line, headers).refused(400, 404, 405, 500);
          assertThat(node.victim().app().take()).isEmpty();
        });
  }

  @TestFactory
  Stream<DynamicTest> closedApis() {
    GetStateRequest get =
        GetStateRequest.newBuilder().setStoreName("store").setKey("secret").build();
    return Attempt.tests(
        node,
        List.of(
            Attempt.control("open API", () -> limited.ask("GET /v1.0/metadata").as("limited")),
            closed("plain", "GET /v1.0/state/store/secret"),
            closed("slashes", "GET //v1.0///state/store/secret"),
            closed("dots", "GET /v1.0/metadata/../state/store/secret"),
            closed("escaped", "GET /v1.0/%73tate/store/secret"),
            closed("escaped dots", "GET /v1.0/metadata/%2e%2e/state/store/secret"),
            closed("capitals", "GET /v1.0/State/store/secret"),
            closed("absolute", "GET http://localhost/v1.0/state/store/secret"),
            closed("trailing slash", "GET /v1.0/state/store/secret/"),
            closed("semicolon", "GET /v1.0;x/state/store/secret"),
            closed("backslash", "GET /v1.0\\state\\store\\secret"),
            closed("other verb", "PUT /v1.0/state/store"),
            closed("invoke", "GET /v1.0/invoke/victim/method/x"),
            closed("invoke by header", "GET /x", "dapr-app-id: victim"),
            closed("invoke at a state path", "GET /v1.0/state/x/y", "dapr-app-id: victim"),
            Attempt.of(
                "closed API, grpc",
                "GetState over gRPC",
                () -> limited.dapr("GetState", get).refused(2, 7, 12)),
            Attempt.of(
                "closed API, grpc without slash",
                "a path without its slash",
                () ->
                    limited
                        .dapr("GetState", get, ":path", "dapr.proto.runtime.v1.Dapr/GetState")
                        .refused(2, 7, 12, 13, Reply.NONE, 400)),
            Attempt.of(
                "closed API, grpc slashes",
                "a path with two slashes",
                () ->
                    limited
                        .dapr("//dapr.proto.runtime.v1.Dapr/GetState", get)
                        .refused(2, 7, 12, 13)),
            Attempt.of(
                "closed API, grpc escaped",
                "a path with an escape",
                () ->
                    limited
                        .dapr("/dapr.proto.runtime.v1.Dapr/Get%53tate", get)
                        .refused(2, 7, 12, 13)),
            Attempt.of(
                "closed API, grpc query",
                "a path with a query",
                () ->
                    limited
                        .dapr("/dapr.proto.runtime.v1.Dapr/GetState?x=1", get)
                        .refused(2, 7, 12, 13))));
  }
}
