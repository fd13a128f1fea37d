package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.dapr.v1.DaprMetadataProtos.GetMetadataRequest;
import io.dapr.v1.DaprMetadataProtos.SetMetadataRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What metadata, errors, metrics and logs tell of others, and what others can write into them. */
class TelemetryIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static Tenant logged;

  @BeforeAll
  static void tenants() throws Exception {
    logged = node.open("logged").sharedStores().flag("--enable-api-logging").start();
  }

  private static Attempt ask(String name, String tries, String line, String... headers) {
    return Attempt.of(
        name,
        tries,
        () -> node.mallory().ask(line, headers).refused(200, 204, 400, 401, 404, 405, 500));
  }

  @TestFactory
  Stream<DynamicTest> metadata() {
    Tenant mallory = node.mallory();
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "own metadata",
                () -> {
                  mallory.send("PUT /v1.0/metadata/note", "of mallory").ok();
                  mallory.ask("GET /v1.0/metadata").as("of mallory");
                  node.victim().tenant().ask("GET /v1.0/metadata").ok("canary-note");
                }),
            ask("metadata of another", "an app id as parameter", "GET /v1.0/metadata?appid=victim"),
            ask(
                "metadata by header",
                "an app id as header",
                "GET /v1.0/metadata",
                "dapr-app-id: victim"),
            ask(
                "metadata by host",
                "an app id as host",
                "GET /v1.0/metadata",
                "X-Forwarded-Host: victim"),
            ask("metadata by path", "an app id in the path", "GET /v1.0/metadata/victim"),
            ask("metadata by URL", "an absolute URL", "GET http://victim/v1.0/metadata"),
            ask(
                "health of another",
                "whether another app is there",
                "GET /v1.0/healthz?appid=victim"),
            Attempt.of(
                "put for another",
                "writes into another's metadata",
                () -> {
                  mallory.send("PUT /v1.0/metadata/note?appid=victim", "x").refused(204);
                  mallory.send("PUT /v1.0/metadata/note", "x", "dapr-app-id: victim").refused(204);
                  mallory.send("PUT /v1.0/metadata/..%2Fvictim%2Fnote", "x").refused(204);
                  mallory.send("PUT /v1.0/metadata/victim%7C%7Cnote", "x").refused(204);
                  mallory
                      .dapr(
                          "SetMetadata",
                          SetMetadataRequest.newBuilder().setKey("note").setValue("x").build(),
                          "dapr-app-id",
                          "victim")
                      .refused(0);
                }),
            Attempt.of(
                "own app id overwritten",
                "calls itself the victim in its metadata",
                () -> {
                  mallory.send("PUT /v1.0/metadata/id", "victim").ok();
                  mallory.send("PUT /v1.0/metadata/daprRuntimeVersion", "9").ok();
                  mallory.ask("GET /v1.0/metadata").as("\"id\":\"mallory\"");
                }),
            Attempt.of(
                "metadata over gRPC",
                "an app id as metadata of the call",
                () ->
                    mallory
                        .dapr(
                            "GetMetadata",
                            GetMetadataRequest.getDefaultInstance(),
                            "dapr-app-id",
                            "victim",
                            "dapr-callee-app-id",
                            "victim")
                        .as("mallory"))));
  }

  @TestFactory
  Stream<DynamicTest> errors() {
    List<Attempt> all = new ArrayList<>();
    for (String line :
        List.of(
            "GET /v1.0/state/none/x",
            "POST /v1.0/state/none",
            "POST /v1.0/state/none/transaction",
            "GET /v1.0/secrets/none/x",
            "GET /v1.0/secrets/none/bulk",
            "GET /v1.0/invoke/none/method/x",
            "GET /v1.0/invoke/victim.none/method/x",
            "GET /v1.0/invoke/victim.a.b/method/x",
            "POST /v1.0/publish/none/t",
            "POST /v1.0/bindings/none",
            "GET /v1.0/configuration/none",
            "POST /v1.0-alpha1/lock/none",
            "GET /v1.0/actors/A/1/state/k",
            "GET /v1.0/none",
            "POST /v1.0-alpha1/crypto/none/encrypt",
            "POST /v1.0-alpha2/conversation/none/converse")) {
      all.add(
          Attempt.of(
              "error of " + line,
              "an error that names another's components or settings",
              () -> {
                Reply reply = node.mallory().ask(line).refused(400, 401, 403, 404, 405, 500, 501);
                assertThat(reply.text())
                    .doesNotContain(Integer.toString(node.victim().tenant().http()))
                    .doesNotContain("token-of")
                    .doesNotContain("strongroom")
                    .doesNotContain(node.victim().tenant().folder().toString());
              }));
    }
    return Attempt.tests(node, all);
  }

  @TestFactory
  Stream<DynamicTest> metrics() {
    String forged = "x\"} 1\nforged_total{app_id=\"victim\"";
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "own metrics",
                () -> RawHttp.ask(node.mallory().metrics(), "GET /").as("app_id=\"mallory\"")),
            forged("path", () -> node.mallory().ask("GET /v1.0/x%22%7D%201%0Aforged_total")),
            forged(
                "raw path",
                () ->
                    RawHttp2.ask(
                        node.mallory().http(),
                        new byte[0],
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/" + forged,
                        ":authority",
                        "x",
                        "dapr-api-token",
                        AttackedNode.MALLORYS_TOKEN)),
            forged(
                "verb",
                () ->
                    RawHttp2.ask(
                        node.mallory().http(),
                        new byte[0],
                        ":method",
                        "GET" + forged,
                        ":scheme",
                        "http",
                        ":path",
                        "/x",
                        ":authority",
                        "x",
                        "dapr-api-token",
                        AttackedNode.MALLORYS_TOKEN)),
            forged(
                "gRPC method",
                () -> node.mallory().dapr("/a." + forged + "/b", Empty.getDefaultInstance())),
            forged(
                "target", () -> node.mallory().ask("GET /x", "dapr-app-id: x\"} 1 forged_total")),
            Attempt.of(
                "metrics, app id",
                "an app id that makes lines of its own",
                () -> {
                  Tenant named = node.open("n\"} 1\nforged_total{app_id=\"victim").start();
                  named.ask("GET /v1.0/metadata").withoutSecrets();
                  for (int port : new int[] {named.metrics(), node.admin()}) {
                    Reply page = RawHttp.ask(port, "GET /metrics").ok();
                    assertThat(page.text().lines()).noneMatch(line -> line.startsWith("forged"));
                  }
                  named.close();
                })));
  }

  private static Attempt forged(String name, Attempt.Act act) {
    return Attempt.of(
        "metrics, " + name,
        "a label that makes lines of its own",
        () -> {
          act.run();
          for (int port : new int[] {node.mallory().metrics(), node.admin()}) {
            Reply page = RawHttp.ask(port, "GET /metrics").ok();
            assertThat(page.text().lines()).noneMatch(line -> line.startsWith("forged"));
          }
        });
  }

  private static final String LINE =
      "time=\"2026-01-01T00:00:00Z\" level=info msg=\"paid\" app_id=victim";

  private static Attempt log(String name, Attempt.Act act) {
    return Attempt.of(
        "log, " + name,
        "a line that looks like another's, a command to the terminal",
        () -> {
          act.run();
          assertThat(logged.output()).doesNotContain("\u001b", "\u0007", "\u009b");
          assertThat(logged.output().lines())
              .noneMatch(line -> line.contains("app_id=victim") && !line.contains("app_id=logged"))
              .allMatch(line -> line.startsWith("time=\""));
          assertThat(node.victim().tenant().output()).doesNotContain("paid");
        });
  }

  @TestFactory
  Stream<DynamicTest> logs() {
    String bad = "x\r\n" + LINE + "\u001b[2J\u0007";
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "own log",
                () -> {
                  logged.ask("GET /v1.0/metadata", "User-Agent: agent-x");
                  logged.awaitOutput("agent-x");
                }),
            log("agent", () -> logged.ask("GET /v1.0/metadata", "User-Agent: a\u001b[2J" + LINE)),
            log(
                "agent over HTTP/2",
                () ->
                    RawHttp2.ask(
                        logged.http(),
                        new byte[0],
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/v1.0/metadata",
                        ":authority",
                        "x",
                        "user-agent",
                        bad)),
            log(
                "path over HTTP/2",
                () ->
                    RawHttp2.ask(
                        logged.http(),
                        new byte[0],
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/v1.0/state/store/" + bad,
                        ":authority",
                        "x")),
            log(
                "verb over HTTP/2",
                () ->
                    RawHttp2.ask(
                        logged.http(),
                        new byte[0],
                        ":method",
                        "GET" + bad,
                        ":scheme",
                        "http",
                        ":path",
                        "/v1.0/metadata",
                        ":authority",
                        "x")),
            log("gRPC method", () -> logged.dapr("/a." + bad + "/b", Empty.getDefaultInstance())),
            log(
                "gRPC agent",
                () ->
                    logged.dapr(
                        "GetMetadata", GetMetadataRequest.getDefaultInstance(), "user-agent", bad)),
            log("escaped path", () -> logged.ask("GET /v1.0/state/store/%0d%0a%1b%5b2J")),
            log("target", () -> logged.ask("GET /x", "dapr-app-id: \u001b[2J" + LINE)),
            Attempt.of(
                "log, app id",
                "an app id with line ends and commands",
                () -> {
                  Tenant named = node.open("a\n" + LINE + "\u001b[2J").start();
                  assertThat(named.output()).doesNotContain("\u001b");
                  assertThat(named.output().lines()).allMatch(line -> line.startsWith("time=\"20"));
                  assertThat(named.output().lines()).noneMatch(line -> line.equals(LINE));
                  named.close();
                }),
            Attempt.of(
                "log, component name",
                "a component's name with line ends and commands",
                () -> {
                  Tenant named =
                      node.open("named")
                          .resource(
                              "c.yaml",
                              "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: \"a\\n"
                                  + LINE.replace("\"", "\\\"")
                                  + "\\e[2J\"\nspec:\n  type: state.in-memory\n  version: v1\n")
                          .start();
                  assertThat(named.output()).doesNotContain("\u001b");
                  assertThat(named.output().lines()).noneMatch(line -> line.startsWith(LINE));
                  named.close();
                })));
  }
}
