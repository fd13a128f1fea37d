package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.testing.FreePort;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ports that pass from one tenant to the next, with connections that were kept. */
class PortsIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  private static final String READ = "GET /v1.0/state/store/secret HTTP/1.1\r\nHost: x\r\n";

  private static final String END = "\r\n\r\n";

  @TestFactory
  Stream<DynamicTest> portsOfApps() {
    return Attempt.tests(
        node,
        List.of(
            Attempt.of(
                "app port, connections kept",
                "keeps the connections of a port that another tenant's app has next",
                () -> inheritedAppPort(false)),
            Attempt.of(
                "app port, tenant closed",
                "the same, with a sidecar that has ended meanwhile",
                () -> inheritedAppPort(true))));
  }

  @TestFactory
  Stream<DynamicTest> portsOfSidecars() {
    return Attempt.tests(
        node,
        List.of(
            Attempt.of(
                "old connection, new victim",
                "a connection kept over the end of its sidecar reaches the next one on that port",
                () -> {
                  int port = FreePort.pick();
                  Tenant first = node.open("first").port("dapr-http-port", port).start();
                  try (RawHttp kept = new RawHttp(port);
                      RawHttp2 kept2 = new RawHttp2(port)) {
                    kept.send("GET /v1.0/metadata HTTP/1.1\r\nHost: x" + END).one().ok("first");
                    kept2.reply(LifeIT.stream(kept2, "")).refused(500);
                    first.close();
                    Tenant next =
                        node.open("next").port("dapr-http-port", port).sharedStores().start();
                    next.send(
                            "POST /v1.0/state/store", "[{\"key\":\"secret\",\"value\":\"canary\"}]")
                        .ok();
                    kept.send(READ + "\r\n").one().refused(Reply.NONE);
                    kept2.reply(LifeIT.stream(kept2, "")).refused(Reply.NONE);
                    next.close();
                  }
                }),
            taken("metrics-port", "the victim's metrics port", node.victim().tenant().metrics()),
            taken("metrics-port", "the victim's HTTP port", node.victim().tenant().http()),
            taken("metrics-port", "the victim's gRPC port", node.victim().tenant().grpc()),
            taken("dapr-public-port", "the victim's public port", node.victim().tenant().pub()),
            taken("dapr-public-port", "the node's HTTP port", node.http()),
            taken("metrics-port", "the node's gRPC port", node.grpc()),
            taken("metrics-port", "the admin port", node.admin())));
  }

  private static Attempt taken(String flag, String whose, int port) {
    return Attempt.of(
        flag + " at " + whose,
        "listens where another one does",
        () -> {
          Tenant squatter = node.open("squatter").port(flag, port).begin();
          assertThat(squatter.exitCode()).isEqualTo(1);
          assertThat(squatter.output()).contains("address already in use");
        });
  }

  private static void inheritedAppPort(boolean closed) throws Exception {
    int port = FreePort.pick();
    try (KeepingApp thief = new KeepingApp(port)) {
      Tenant stealing = node.open("stealing").app(port).start();
      for (int i = 0; i < 20; i++) {
        node.mallory().ask("GET /v1.0/invoke/stealing/method/x").ok("thief");
      }
      assertThat(thief.giveUpPort()).isPositive();
      if (closed) {
        stealing.close();
      }
      try (ServerSocket taken = takeOver(port)) {
        Thread.ofVirtual().start(() -> answerAll(taken));
        Tenant honest =
            node.open("honest").env("APP_API_TOKEN", Victim.APP_TOKEN).app(port).start();
        for (int i = 0; i < 20; i++) {
          node.mallory().ask("GET /v1.0/invoke/honest/method/x").ok("honest");
        }
        honest.close();
      }
      stealing.close();
      assertThat(thief.stolen()).as("calls of another tenant's app").isEmpty();
    }
  }

  /** The kernel lets go of a port a moment after its close. */
  private static ServerSocket takeOver(int port) throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        return new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
      } catch (java.net.BindException notYet) {
        if (tries > 100) {
          throw notYet;
        }
        Thread.sleep(20);
      }
    }
  }

  private static void answerAll(ServerSocket server) {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual()
            .start(
                () -> {
                  try (socket) {
                    var in = socket.getInputStream();
                    StringBuilder head = new StringBuilder();
                    for (int b = in.read(); b >= 0; b = in.read()) {
                      head.append((char) b);
                      if (head.toString().endsWith("\r\n\r\n")) {
                        head.setLength(0);
                        socket
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhonest".getBytes());
                      }
                    }
                  } catch (java.io.IOException closed) {
                    // As every connection once.
                  }
                });
      }
    } catch (java.io.IOException closed) {
      // The end of the test.
    }
  }
}
