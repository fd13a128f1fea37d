package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The control socket, and the Unix sockets that apps have instead of ports. */
class SocketsIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  /** Talks to the control socket frame by frame: type, payload, and so on; all that comes back. */
  private static String frames(Object... frames) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(node.socket()));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      for (int i = 0; i < frames.length; i += 2) {
        byte[] payload = ((String) frames[i + 1]).getBytes(UTF_8);
        out.writeInt(payload.length + 1);
        out.writeByte((char) frames[i]);
        out.write(payload);
      }
      out.writeInt(1);
      out.writeByte('?'); // there is no such frame: the daemon answers what came before, and closes
      channel.write(ByteBuffer.wrap(bytes.toByteArray()));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
      try {
        for (int b = in.read(); b >= 0; b = in.read()) {
          all.write(b);
        }
      } catch (SocketException reset) {
        // What came before that is what there is.
      }
      return all.toString(UTF_8);
    }
  }

  private static Attempt control(String name, String tries, Object... frames) {
    return Attempt.of("socket " + name, tries, () -> new Reply(0, frames(frames)).withoutSecrets());
  }

  private static String open(String... arguments) {
    StringBuilder text = new StringBuilder("1\0/tmp\0" + arguments.length + "\0");
    for (String argument : arguments) {
      text.append(argument).append('\0');
    }
    return text.append("0\0").toString();
  }

  @TestFactory
  Stream<DynamicTest> controlSocket() {
    String status = "{\"op\":\"status\"}";
    return Attempt.tests(
        node,
        List.of(
            Attempt.control("status", () -> assertThat(frames('R', status)).contains("pid")),
            control(
                "apps",
                "what the list of apps tells of components and metadata",
                'R',
                "{\"op\":\"apps\"}"),
            control("status", "what the status tells", 'R', status),
            control("signal without a sidecar", "stops what it has not opened", 'S', "TERM"),
            control("signal behind a request", "stops another's", 'R', status, 'S', "TERM"),
            control("named signal", "a signal with an app's name", 'S', "TERM victim"),
            control(
                "open twice",
                "a second sidecar on one session",
                'O',
                open("--version"),
                'O',
                open("--app-id=victim")),
            control(
                "request behind open",
                "a launcher gives commands",
                'O',
                open("--version"),
                'R',
                "{\"op\":\"stop\",\"app\":\"victim\"}"),
            control("daemon's frame", "output in the daemon's name", 'L', "victim: hello\n"),
            control("exit frame", "an exit code in the daemon's name", 'X', "\0"),
            control("no JSON", "a request that is none", 'R', "victim"),
            control(
                "stop of nobody",
                "a name that is a pattern",
                'R',
                "{\"op\":\"stop\",\"app\":\"*\"}"),
            control("stop by prefix", "a part of a name", 'R', "{\"op\":\"stop\",\"app\":\"vic\"}"),
            control(
                "logs of nobody", "a pattern", 'R', "{\"op\":\"logs\",\"app\":\"*\",\"lines\":9}"),
            Attempt.of(
                "socket open, no namesake",
                "a sidecar named like the victim in another namespace does not stop it",
                () -> {
                  Tenant namesake = node.open("victim").namespace("other").start();
                  assertThat(frames('R', "{\"op\":\"stop\",\"app\":\"other/victim\"}"))
                      .contains("stopped");
                  assertThat(namesake.exitCode()).isZero();
                }),
            Attempt.of(
                "socket ambiguous",
                "an app id in two namespaces is neither",
                () -> {
                  Tenant namesake = node.open("victim").namespace("other").start();
                  assertThat(frames('R', "{\"op\":\"stop\",\"app\":\"victim\"}")).contains("error");
                  assertThat(namesake.ended()).isFalse();
                  namesake.close();
                }),
            Attempt.of(
                "socket permissions",
                "others may use the control socket",
                () ->
                    assertThat(
                            PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(node.socket())))
                        .isEqualTo("rw-------")),
            Attempt.of("socket, another user", "nobody connects", SocketsIT::anotherUser)));
  }

  private static void anotherUser() throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    Assumptions.assumeTrue(root && Files.exists(Path.of("/usr/bin/setpriv")));
    Process python =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--clear-groups",
                "python3",
                "-c",
                "import socket;s=socket.socket(socket.AF_UNIX);s.connect('" + node.socket() + "')")
            .redirectErrorStream(true)
            .start();
    assertThat(python.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(python.exitValue()).isNotZero();
    assertThat(new String(python.getInputStream().readAllBytes(), UTF_8)).contains("Permission");
  }

  @TestFactory
  Stream<DynamicTest> unixSockets() throws Exception {
    Path folder = Files.createDirectories(node.folder().resolve("s"));
    Files.createDirectories(folder.resolve("dapr-x"));
    Tenant owner =
        node.open("owner")
            .token("owner-token")
            .sharedStores()
            .flag("--unix-domain-socket=" + folder)
            .start();
    Path socket = folder.resolve("dapr-owner-http.socket");
    return Attempt.tests(
        node,
        List.of(
            Attempt.control(
                "socket with token",
                () -> assertThat(ask(socket, "dapr-api-token: owner-token")).contains("owner")),
            Attempt.of(
                "unix, no token",
                "the path alone is not enough where there is a token",
                () -> assertThat(ask(socket, "x: y")).startsWith("HTTP/1.1 401")),
            Attempt.of(
                "unix, Mallory's token",
                "another's token",
                () ->
                    assertThat(ask(socket, "dapr-api-token: " + AttackedNode.MALLORYS_TOKEN))
                        .startsWith("HTTP/1.1 401")),
            squatter("the same id", folder, "owner", "elsewhere"),
            squatter("an id that is a path", folder, "x/../dapr-owner", "default"),
            squatter("an id that leads up", folder, "x/../../s/dapr-owner", "default"),
            Attempt.of(
                "unix, TCP is closed",
                "the ports that the flags name are not open besides",
                () -> {
                  assertThat(owner.instance().ports().http()).isEqualTo(-1);
                  assertThat(owner.instance().ports().grpc()).isEqualTo(-1);
                  assertThat(ask(socket, "dapr-api-token: owner-token")).contains("owner");
                })));
  }

  private static Attempt squatter(String name, Path folder, String appId, String namespace) {
    return Attempt.of(
        "unix, " + name,
        "listens at the socket of another",
        () -> {
          Tenant squatter =
              node.open(appId).namespace(namespace).flag("--unix-domain-socket=" + folder).begin();
          assertThat(squatter.exitCode()).isEqualTo(1);
          assertThat(ask(folder.resolve("dapr-owner-http.socket"), "dapr-api-token: owner-token"))
              .contains("\"id\":\"owner\"");
        });
  }

  private static String ask(Path socket, String header) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      Channels.newOutputStream(channel)
          .write(RawHttp.head("GET /v1.0/metadata", header).getBytes(UTF_8));
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
  }
}
