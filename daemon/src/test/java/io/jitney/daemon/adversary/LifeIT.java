package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.jitney.daemon.node.CallerIdentity.Credentials;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tenants come and go; connections and tokens pass from one to the next. */
class LifeIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String READ = "GET /v1.0/state/store/secret HTTP/1.1\r\nHost: x\r\n";

  private static final String END = "\r\n\r\n";

  /** A tenant with something to hide. */
  private static Tenant rich(String appId, String... environment) throws Exception {
    Tenant.Opening opening = node.open(appId).sharedStores();
    for (int i = 0; i < environment.length; i += 2) {
      opening.env(environment[i], environment[i + 1]);
    }
    Tenant rich = opening.start();
    rich.send("POST /v1.0/state/store", "[{\"key\":\"secret\",\"value\":\"canary\"}]").ok();
    return rich;
  }

  private static String read(String token) {
    return READ + "dapr-api-token: " + token + END;
  }

  @TestFactory
  Stream<DynamicTest> pinnedConnections() {
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "turns",
                () -> {
                  try (RawHttp connection = new RawHttp(node.http())) {
                    for (int i = 0; i < 3; i++) {
                      connection.send(read(Victim.TOKEN)).one().ok(Victim.STATE);
                      connection.send(read(AttackedNode.MALLORYS_TOKEN)).one().refused(204);
                    }
                  }
                }),
            Attempt.of(
                "after the victim",
                "no token, on a connection that the victim's token came over",
                () -> {
                  try (RawHttp connection = new RawHttp(node.http())) {
                    connection.send(read(Victim.TOKEN)).one().ok(Victim.STATE);
                    connection.send(READ + "\r\n").one().refused(401);
                    connection.send(read("x")).one().refused(401);
                    connection.send(read("")).one().refused(401);
                    connection.send(read(AttackedNode.MALLORYS_TOKEN)).one().refused(204);
                  }
                }),
            Attempt.of(
                "pipelined",
                "three requests in one packet, the victim's in the middle",
                () -> {
                  try (RawHttp connection = new RawHttp(node.http())) {
                    connection.send(
                        read(AttackedNode.MALLORYS_TOKEN) + read("wrong") + READ + "\r\n");
                    connection.one().refused(204);
                    connection.one().refused(401);
                    connection.one().refused(401);
                  }
                }),
            Attempt.of(
                "streams of one connection",
                "HTTP/2 streams with and without token by turns",
                () -> {
                  try (RawHttp2 connection = new RawHttp2(node.http())) {
                    for (int i = 0; i < 3; i++) {
                      connection.reply(stream(connection, Victim.TOKEN)).ok(Victim.STATE);
                      connection.reply(stream(connection, "")).refused(401);
                      connection
                          .reply(stream(connection, AttackedNode.MALLORYS_TOKEN))
                          .refused(204);
                    }
                  }
                }),
            Attempt.of(
                "revoked", "a token that is taken back, on its open connection", LifeIT::revoked),
            Attempt.of(
                "passed on",
                "a token that is another app's now, on its open connection",
                LifeIT::passedOn),
            Attempt.of(
                "contested",
                "a second app with the victim's token: it is nobody's then",
                LifeIT::contested),
            Attempt.of(
                "gone", "the connection of an app that closed, its token no one's", LifeIT::gone),
            Attempt.of(
                "successor",
                "the connection of an app that closed, with a namesake in another namespace",
                LifeIT::namesake),
            Attempt.of(
                "late body",
                "a request that began before its token was taken back, body to come",
                LifeIT::lateBody)));
  }

  static int stream(RawHttp2 connection, String token) throws Exception {
    return connection.open(
        true,
        ":method",
        "GET",
        ":scheme",
        "http",
        ":path",
        "/v1.0/state/store/secret",
        ":authority",
        "x",
        "dapr-api-token",
        token);
  }

  private static void revoked() throws Exception {
    Tenant red = rich("red");
    node.declare("default", "red", new Credentials(List.of("red-1"), List.of()));
    try (RawHttp connection = new RawHttp(node.http());
        RawHttp2 second = new RawHttp2(node.http())) {
      connection.send(read("red-1")).one().ok("canary");
      second.reply(stream(second, "red-1")).ok("canary");
      node.declare("default", "red", new Credentials(List.of("red-2"), List.of()));
      connection.send(read("red-1")).one().refused(401);
      second.reply(stream(second, "red-1")).refused(401);
      connection.send(read("red-2")).one().ok("canary");
    }
    node.undeclare("default", "red");
    red.close();
  }

  private static void passedOn() throws Exception {
    Tenant red = rich("red");
    Tenant blue = node.open("blue").sharedStores().start();
    node.declare("default", "red", new Credentials(List.of("the-token"), List.of()));
    try (RawHttp connection = new RawHttp(node.http())) {
      connection.send(read("the-token")).one().ok("canary");
      node.undeclare("default", "red");
      node.declare("default", "blue", new Credentials(List.of("the-token"), List.of()));
      connection.send(read("the-token")).one().refused(204);
    }
    node.undeclare("default", "blue");
    blue.close();
    red.close();
  }

  private static void contested() throws Exception {
    Tenant red = rich("red", "DAPR_API_TOKEN", "same-token");
    try (RawHttp connection = new RawHttp(node.http())) {
      connection.send(read("same-token")).one().ok("canary");
      Tenant copy = node.open("copy").token("same-token").sharedStores().start();
      connection.send(read("same-token")).one().refused(401);
      copy.close();
      connection.send(read("same-token")).one().ok("canary");
    }
    red.close();
  }

  private static void gone() throws Exception {
    Tenant red = rich("red", "DAPR_API_TOKEN", "red-token");
    try (RawHttp connection = new RawHttp(node.http());
        RawHttp2 second = new RawHttp2(node.http())) {
      connection.send(read("red-token")).one().ok("canary");
      second.reply(stream(second, "red-token")).ok("canary");
      red.close();
      connection.send(read("red-token")).one().refused(401);
      second.reply(stream(second, "red-token")).refused(401);
    }
  }

  private static void namesake() throws Exception {
    Tenant red = rich("red", "DAPR_API_TOKEN", "red-token");
    try (RawHttp connection = new RawHttp(node.http())) {
      connection.send(read("red-token")).one().ok("canary");
      red.close();
      Tenant other =
          node.open("red").namespace("elsewhere").component("s", "state.in-memory").start();
      connection.send(read("red-token")).one().refused(401);
      other.close();
    }
  }

  private static void lateBody() throws Exception {
    Tenant red = rich("red", "DAPR_API_TOKEN", "red-token");
    try (RawHttp connection = new RawHttp(node.http())) {
      String body = "{\"keys\":[\"secret\"]}";
      connection.send(
          "POST /v1.0/state/store/bulk HTTP/1.1\r\nHost: x\r\ndapr-api-token: wrong\r\n"
              + "Content-Length: "
              + body.length()
              + END);
      connection.one().refused(401);
      connection.send(body + read("wrong"));
      connection.one().refused(401);
    }
    red.close();
  }

  @TestFactory
  Stream<DynamicTest> shutdowns() {
    Tenant victim = node.victim().tenant();
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "its own",
                () -> {
                  Tenant own = node.open("own").token("own-token").start();
                  own.ask("POST /v1.0/shutdown").ok();
                  assertThat(own.exitCode()).isZero();
                }),
            end("node", "no token", node.http(), "POST /v1.0/shutdown", 401),
            end("port", "no token", victim.http(), "POST /v1.0/shutdown", 401),
            end("public", "on the port without token", victim.pub(), "POST /v1.0/shutdown", 404),
            Attempt.of(
                "shutdown metrics",
                "on the metrics port",
                () -> RawHttp.ask(victim.metrics(), "POST /v1.0/shutdown").ok("dapr_")),
            end("admin", "on the admin port", node.admin(), "POST /v1.0/shutdown", 404),
            end(
                "dots",
                "behind the health check",
                node.http(),
                "POST /v1.0/healthz/../shutdown",
                401),
            end(
                "override",
                "a verb in a header",
                victim.pub(),
                "GET /v1.0/metadata/../shutdown",
                404),
            Attempt.of(
                "grpc node",
                "Shutdown without token",
                () -> RawHttp2.grpc(node.grpc(), SHUTDOWN, NOTHING).refused(16)),
            Attempt.of(
                "grpc port",
                "Shutdown on the victim's port",
                () -> RawHttp2.grpc(victim.grpc(), SHUTDOWN, NOTHING).refused(16)),
            Attempt.of(
                "grpc internal",
                "Shutdown on the internal port",
                () -> RawHttp2.grpc(victim.internal(), SHUTDOWN, NOTHING).refused(12)),
            Attempt.of(
                "grpc proxied",
                "Shutdown as a proxied call for the victim: it is the caller's own",
                () -> {
                  Tenant own = node.open("own2").start();
                  RawHttp2.grpc(own.grpc(), SHUTDOWN, NOTHING, "dapr-app-id", "victim").refused(0);
                  assertThat(own.exitCode()).isZero();
                }),
            Attempt.of(
                "invoked",
                "the API as an app's method",
                () -> node.mallory().ask("POST /v1.0/invoke/victim/method/v1.0/shutdown").ok())));
  }

  private static final String SHUTDOWN = "/dapr.proto.runtime.v1.Dapr/Shutdown";

  private static final Empty NOTHING = Empty.getDefaultInstance();

  private static Attempt end(String name, String tries, int port, String line, int status) {
    return Attempt.of(
        "shutdown " + name,
        tries,
        () ->
            RawHttp.ask(port, line, "X-HTTP-Method-Override: POST", "dapr-force-shutdown: true")
                .refused(status));
  }
}
