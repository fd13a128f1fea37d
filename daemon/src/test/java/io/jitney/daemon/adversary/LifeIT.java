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

/** Tenants come and go; ports, connections and tokens pass from one to the next. */
class LifeIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

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
