package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every other door of the node: public, metrics, internal and admin ports. */
class ListenersIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String READ = "/v1.0/state/store/secret";

  private static final GetStateRequest SECRET =
      GetStateRequest.newBuilder().setStoreName("store").setKey("secret").build();

  @TestFactory
  Stream<DynamicTest> ports() {
    Tenant victim = node.victim().tenant();
    List<Attempt> all = new ArrayList<>();
    all.add(
        Attempt.control(
            "what they are for",
            () -> {
              RawHttp.ask(victim.pub(), "GET /v1.0/healthz").ok();
              RawHttp.ask(victim.metrics(), "GET /metrics").ok("app_id=\"victim\"");
              RawHttp.ask(node.admin(), "GET /readyz").ok("ok");
            }));
    for (String line :
        List.of(
            "GET " + READ,
            "GET /v1.0/metadata/.." + READ.substring(5),
            "GET /v1.0/healthz/../state/store/secret",
            "GET /v1.0/secrets/vault/db:password",
            "GET /v1.0/secrets/vault/bulk",
            "POST /v1.0/state/store",
            "POST /v1.0/shutdown",
            "GET /v1.0/invoke/victim/method/x",
            "GET /healthz")) {
      all.add(
          Attempt.of(
              "public " + line,
              "the port without token serves more than it should",
              () ->
                  RawHttp.ask(victim.pub(), line, "dapr-app-id: victim")
                      .refused(404, 405, 204, 400)));
    }
    all.add(
        Attempt.of(
            "public, HTTP/2",
            "h2c on the public port",
            () ->
                RawHttp2.ask(
                        victim.pub(),
                        new byte[0],
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        READ,
                        ":authority",
                        "x")
                    .withoutSecrets()));
    for (String path :
        List.of(
            "/dapr.proto.runtime.v1.Dapr/GetState",
            "/dapr.proto.internals.v1.ServiceInvocation/CallLocal",
            "/some.Service/Method",
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")) {
      all.add(
          Attempt.of(
              "internal " + path,
              "the port between sidecars asks for no token",
              () -> {
                node.victim().app().take();
                RawHttp2.grpc(
                        victim.internal(),
                        path,
                        SECRET,
                        "dapr-app-id",
                        "victim",
                        "dapr-callee-app-id",
                        "victim",
                        "dapr-caller-app-id",
                        "admin")
                    .refused(12);
                assertThat(node.victim().app().take()).isEmpty();
              }));
    }
    all.add(
        Attempt.of(
            "internal over HTTP/1",
            "the internal port speaks HTTP/1 too",
            () -> RawHttp.ask(victim.internal(), "GET " + READ).withoutSecrets()));
    for (String line :
        List.of(
            "GET " + READ,
            "GET /metrics/../v1.0/state/store/secret",
            "POST /metrics",
            "GET /apps",
            "GET //metrics",
            "GET /healthz/victim",
            "DELETE /apps/victim",
            "GET /logs?app=victim")) {
      all.add(
          Attempt.of(
              "admin " + line,
              "the operator's port does more than health and metrics",
              () -> RawHttp.ask(node.admin(), line).refused(404, 405, 400, Reply.NONE)));
    }
    all.add(
        Attempt.of(
            "admin metrics",
            "counters name apps, and no component, key or value",
            () -> RawHttp.ask(node.admin(), "GET /metrics").as("jitney_")));
    for (String line : List.of("GET " + READ, "GET /?app=victim", "GET /v1.0/metadata")) {
      all.add(
          Attempt.of(
              "mallory's metrics " + line,
              "her metrics port shows another app's",
              () -> {
                Reply page = RawHttp.ask(node.mallory().metrics(), line).as("app_id=\"mallory\"");
                assertThat(AttackedNode.lines(page, "app_id=\"victim\"")).isEmpty();
              }));
    }
    return Attempt.tests(node, all);
  }

  @TestFactory
  Stream<DynamicTest> anotherPortsProtocol() {
    Tenant victim = node.victim().tenant();
    return Attempt.tests(
        node,
        List.of(
            Attempt.of(
                "gRPC on the HTTP port",
                "a gRPC call where HTTP is served, without token",
                () ->
                    RawHttp2.grpc(victim.http(), "/dapr.proto.runtime.v1.Dapr/GetState", SECRET)
                        .refused(401)),
            Attempt.of(
                "HTTP on the gRPC port",
                "an HTTP call where gRPC is served, without token",
                () -> RawHttp.ask(victim.grpc(), "GET " + READ).withoutSecrets()),
            Attempt.of(
                "gRPC on the node's HTTP port",
                "a gRPC call without token",
                () ->
                    RawHttp2.grpc(node.http(), "/dapr.proto.runtime.v1.Dapr/GetState", SECRET)
                        .refused(401)),
            Attempt.of(
                "gRPC web",
                "another gRPC protocol, without token",
                () ->
                    RawHttp2.ask(
                            node.grpc(),
                            RawHttp2.framed(Empty.getDefaultInstance()),
                            ":method",
                            "POST",
                            ":scheme",
                            "http",
                            ":path",
                            "/dapr.proto.runtime.v1.Dapr/GetMetadata",
                            ":authority",
                            "x",
                            "content-type",
                            "application/grpc-web")
                        .refused(16, 415, 400)),
            Attempt.of(
                "gRPC transcoded",
                "JSON instead of frames, without token",
                () ->
                    RawHttp2.ask(
                            node.grpc(),
                            "{}".getBytes(UTF_8),
                            ":method",
                            "POST",
                            ":scheme",
                            "http",
                            ":path",
                            "/dapr.proto.runtime.v1.Dapr/GetMetadata",
                            ":authority",
                            "x",
                            "content-type",
                            "application/json")
                        .refused(16, 415, 400))));
  }
}
