package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest;
import io.jitney.daemon.apps.AppsWatch;
import io.jitney.daemon.node.CallerIdentity.Credentials;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Uses the daemon to call what its caller could not reach by itself. */
class EgressIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String READ = "/method/v1.0/state/store/secret";

  /** The app of this one is on another host. */
  private static Tenant remote;

  /** Known by its token alone, which may come from anywhere. */
  private static AppsWatch declared;

  private static TestedApp local;

  @BeforeAll
  static void tenants() throws Exception {
    local = new TestedApp("local");
    remote =
        node.open("remote")
            .flag("--app-channel-address=192.0.2.77")
            .app(9)
            .resource(
                "endpoint.yaml",
                "apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata:\n  name: inside\n"
                    + "spec:\n  baseUrl: http://127.0.0.1:"
                    + node.admin()
                    + "\n")
            .begin()
            .awaitOutput("HTTP server is running");
    Path file = node.folder().resolve("apps.yaml");
    Files.writeString(
        file,
        "apiVersion: jitney.io/v1alpha1\nkind: App\nmetadata: {name: anywhere}\n"
            + "spec: {apiToken: {env: ANYWHERE}}\n");
    declared =
        new AppsWatch(
            file,
            node.sidecars(),
            node.daemon().registry(),
            node.daemon().identity(),
            node.daemon().health(),
            Map.of("ANYWHERE", "token-of-anywhere"),
            node.daemon().sleepers(),
            null,
            line -> {});
    declared.start();
    long end = System.nanoTime() + 10_000_000_000L;
    while (ofAnywhere("GET /v1.0/metadata").status() != 200 && System.nanoTime() < end) {
      Thread.sleep(10);
    }
  }

  @AfterAll
  static void end() throws Exception {
    declared.close();
    local.close();
  }

  private static Reply ofAnywhere(String requestLine, String... headers) throws Exception {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "dapr-api-token: token-of-anywhere";
    return RawHttp.ask(node.http(), requestLine, all);
  }

  /** Host names and addresses that all mean this machine, or what only it can reach. */
  private static List<String> insides() throws Exception {
    List<String> hosts =
        new ArrayList<>(
            List.of(
                "127.0.0.1",
                "127.0.0.2",
                "127.1",
                "0",
                "0.0.0.0",
                "2130706433",
                "0x7f000001",
                "0x7f.0.0.1",
                "017700000001",
                "0177.0.0.1",
                "[::1]",
                "[::]",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::127.0.0.1]",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "user:pass@127.0.0.1",
                "example.com@127.0.0.1",
                "127.0.0.1%00.example.com",
                "\u0661\u0662\u0667.0.0.1"));
    for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : one.inetAddresses().toList()) {
        if (address instanceof Inet4Address && !address.isLoopbackAddress()) {
          hosts.add(address.getHostAddress());
        }
      }
    }
    return hosts;
  }

  @TestFactory
  Stream<DynamicTest> theNodesOwnAddresses() throws Exception {
    List<Attempt> all = new ArrayList<>();
    all.add(
        Attempt.control(
            "an app on this host may call it",
            () -> {
              node.mallory()
                  .ask("GET /x", "dapr-app-id: http://127.0.0.1:" + local.port())
                  .ok("hello from local");
              local.take();
            }));
    int at = 0;
    for (String host : insides()) {
      boolean own = host.startsWith("192.") || host.startsWith("10.") || host.startsWith("172.");
      all.add(
          Attempt.of(
              "remote " + at++ + " " + host,
              "an app elsewhere calls the node by way of the daemon",
              () -> {
                remote
                    .ask("GET /x", "dapr-app-id: http://" + host + ":" + local.port())
                    .refused(500);
                assertThat(local.take()).as("calls that came through").isEmpty();
                if (own) {
                  remote
                      .ask("GET /v1.0/healthz", "dapr-app-id: http://" + host + ":" + node.http())
                      .refused(500, 204);
                }
              }));
    }
    for (String host : List.of("127.0.0.1", "[::1]", "localhost", "[::ffff:127.0.0.1]")) {
      all.add(
          Attempt.of(
              "token only " + host,
              "a caller that is known by its token calls the node's loopback",
              () -> {
                ofAnywhere("GET /x", "dapr-app-id: http://" + host + ":" + local.port())
                    .refused(500);
                assertThat(local.take()).as("calls that came through").isEmpty();
              }));
    }
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

  @TestFactory
  Stream<DynamicTest> theDaemonsOwnPorts() {
    String admin = "http://127.0.0.1:" + node.admin();
    String victims = "http://127.0.0.1:" + node.victim().tenant().http();
    return Attempt.tests(
        node,
        List.of(
            Attempt.of(
                "admin port",
                "an app elsewhere reads all tenants' counters",
                () -> remote.ask("GET /metrics", "dapr-app-id: " + admin).refused(500)),
            Attempt.of(
                "admin port by path",
                "the URL within the path",
                () -> remote.ask("GET /v1.0/invoke/" + admin + "/method/metrics").refused(500)),
            Attempt.of(
                "admin port by escaped path",
                "the URL escaped within the path",
                () ->
                    remote
                        .ask(
                            "GET /v1.0/invoke/http:%2F%2F127.0.0.1:"
                                + node.admin()
                                + "/method/metrics")
                        .refused(500)),
            Attempt.of(
                "admin port by gRPC",
                "InvokeService with a URL",
                () -> remote.dapr("InvokeService", get(admin, "metrics")).refused(13)),
            Attempt.of(
                "admin port by endpoint",
                "an HTTPEndpoint resource with that address",
                () -> remote.ask("GET /v1.0/invoke/inside/method/metrics").refused(500)),
            Attempt.of(
                "admin port by token",
                "a caller known by token",
                () -> ofAnywhere("GET /metrics", "dapr-app-id: " + admin).refused(500)),
            Attempt.of(
                "victim's API",
                "the victim's own port by way of the daemon",
                () -> remote.ask("GET /v1.0/invoke/" + victims + READ).refused(500)),
            Attempt.of(
                "victim's API from this host",
                "Mallory's token does not travel, and no other is put in its place",
                () -> node.mallory().ask("GET /v1.0/invoke/" + victims + READ).refused(401)),
            Attempt.of(
                "node's port from this host",
                "the node's listener takes the daemon for nobody",
                () ->
                    node.mallory()
                        .ask("GET /v1.0/invoke/http://127.0.0.1:" + node.http() + READ)
                        .refused(401)),
            Attempt.of(
                "an address that is somebody's",
                "an app elsewhere comes from the node's address, which is another app's",
                () -> {
                  List<String> own = insides().stream().filter(h -> h.startsWith("1")).toList();
                  String host = own.getLast();
                  Tenant hostnet = node.open("hostnet").sharedStores().start();
                  hostnet
                      .send("POST /v1.0/state/store", "[{\"key\":\"secret\",\"value\":\"canary\"}]")
                      .ok();
                  node.declare("default", "hostnet", new Credentials(List.of(), List.of(host)));
                  remote
                      .ask("GET /v1.0/invoke/http://" + host + ":" + node.http() + READ)
                      .refused(500);
                  node.undeclare("default", "hostnet");
                  hostnet.close();
                }),
            Attempt.of(
                "redis",
                "another protocol on a port of the node",
                () -> remote.ask("GET /KEYS", "dapr-app-id: http://" + node.redis()).refused(500)),
            Attempt.of(
                "other schemes",
                "a file, a socket",
                () -> {
                  node.mallory().ask("GET /x", "dapr-app-id: file:///etc/passwd").refused(500);
                  node.mallory().ask("GET /x", "dapr-app-id: unix://" + node.socket()).refused(500);
                }),
            Attempt.of(
                "line end in the URL",
                "a second request behind the first",
                () -> {
                  node.mallory()
                      .dapr(
                          "InvokeService",
                          get(
                              "http://127.0.0.1:"
                                  + local.port()
                                  + "/a HTTP/1.1\r\nHost: x\r\n\r\nGET /smuggled",
                              "x"));
                  assertThat(local.take()).allMatch(call -> !call.uri().contains("smuggled"));
                })));
  }
}
