package io.jitney.daemon.control;

import static io.jitney.daemon.control.RecordingHandler.within;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control socket's place and its manners, over real Unix sockets. The launchers' cases are in
 * LauncherCases.
 */
class ControlSocketIT {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final OpenRequest OPEN =
      new OpenRequest(List.of("--app-id", "a"), Map.of(), Path.of("/"));

  @TempDir Path folder;
  private final RecordingHandler handler = new RecordingHandler();

  @Test
  void isItsOwnersAlone() throws Exception {
    Path parent = folder.resolve("new");
    Path path = parent.resolve("d.sock");
    try (ControlSocket socket = ControlSocket.open(new ControlPath(path, false), handler)) {
      assertThat(permissions(socket.path())).isEqualTo("rw-------");
      assertThat(permissions(parent)).isEqualTo("rwx------");
      assertThat(names(parent)).containsExactlyInAnyOrder("d.sock", "d.sock.lock");
    }
    assertThat(Files.exists(path)).isFalse();
  }

  @Test
  void secondDaemonIsToldAndTheFirstStays() throws Exception {
    ControlPath path = named("d.sock");
    try (ControlSocket first = ControlSocket.open(path, handler)) {
      assertThatThrownBy(() -> ControlSocket.open(path, handler))
          .isInstanceOf(ControlSocketException.class)
          .hasMessageContaining("a daemon is already running at " + path);
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  TestDaemon.class.getName(),
                  path.toString())
              .redirectErrorStream(true)
              .start();
      assertThat(new String(other.getInputStream().readAllBytes(), UTF_8))
          .contains("a daemon is already running at");
      assertThat(other.waitFor()).isEqualTo(1);
      assertThat(ask(path)).isNotNull();
      assertThat(first.path()).exists();
    }
    try (ControlSocket next = ControlSocket.open(path, handler)) {
      assertThat(next.path()).exists();
    }
  }

  @Test
  void daemonWhoseLockFileWasRemovedIsNotReplaced() throws Exception {
    ControlPath path = named("d.sock");
    try (ControlSocket first = ControlSocket.open(path, handler)) {
      Files.delete(folder.resolve("d.sock.lock"));

      assertThatThrownBy(() -> ControlSocket.open(path, handler))
          .hasMessageContaining("already running");
      assertThat(first.path()).exists();
      assertThat(ask(path)).isNotNull();
    }
  }

  @Test
  void fileThatIsNoSocketIsLeftAlone() throws Exception {
    Path file = Files.writeString(folder.resolve("d.sock"), "precious");

    assertThatThrownBy(() -> ControlSocket.open(new ControlPath(file, true), handler))
        .isInstanceOf(ControlSocketException.class)
        .hasMessageContaining("is not a socket");
    assertThat(file).hasContent("precious");
  }

  @Test
  void defaultFolderThatOthersCanEnterIsRefused() throws Exception {
    Path open = folderWith("rwxr-xr-x");

    assertThatThrownBy(
            () -> ControlSocket.open(new ControlPath(open.resolve("d.sock"), false), handler))
        .isInstanceOf(ControlSocketException.class)
        .hasMessageContaining("open to other users (rwxr-xr-x)");
    assertThat(names(open)).isEmpty();
  }

  @Test
  void defaultFolderThatIsALinkIsRefused() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folderWith("rwx------"));

    assertThatThrownBy(
            () -> ControlSocket.open(new ControlPath(link.resolve("d.sock"), false), handler))
        .hasMessageContaining("is not a folder");
  }

  @Test
  void namedFolderMayBeReadByOthersButNotWritten() throws Exception {
    Path readable = folderWith("rwxr-xr-x");
    try (ControlSocket socket =
        ControlSocket.open(new ControlPath(readable.resolve("d.sock"), true), handler)) {
      assertThat(permissions(socket.path())).isEqualTo("rw-------");
    }
    Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(
            () -> ControlSocket.open(new ControlPath(readable.resolve("d.sock"), true), handler))
        .hasMessageContaining("open to other users");
    new ProcessBuilder("chmod", "1777", readable.toString()).start().waitFor();
    try (ControlSocket socket =
        ControlSocket.open(new ControlPath(readable.resolve("d.sock"), true), handler)) {
      assertThat(socket.path()).exists();
    }
  }

  @Test
  void folderWithoutAParentIsSaid() {
    assertThatThrownBy(() -> ControlSocket.open(named("no/such/d.sock"), handler))
        .isInstanceOf(ControlSocketException.class)
        .hasMessageContaining(folder.resolve("no") + " for the control socket does not exist");
  }

  @Test
  void pathTooLongForASocketIsSaid() {
    assertThatThrownBy(() -> ControlSocket.open(named("x".repeat(120)), handler))
        .isInstanceOf(ControlSocketException.class)
        .hasMessageContaining("too long");
  }

  @Test
  void requestsAreAnsweredOneAfterTheOther() throws Exception {
    ControlPath path = named("d.sock");
    try (ControlSocket socket = ControlSocket.open(path, handler)) {
      try (ControlClient client = connect(path)) {
        for (int i = 0; i < 3; i++) {
          JsonObject request = new JsonObject().put("op", "status").put("number", i);
          assertThat(client.request(request, PATIENCE))
              .isEqualTo(new JsonObject().put("asked", request));
        }
      }
      within(handler.gone, 3000);
      Awaitility.await().atMost(PATIENCE).until(() -> socket.connections() == 0);
    }
  }

  @Test
  void nobodyThereIsNoError() throws Exception {
    assertThat(ControlClient.connect(named("none.sock"))).isEmpty();
  }

  @Test
  void answerThatDoesNotComeIsNotWaitedForLongerThanAsked() throws Exception {
    ControlPath path = named("d.sock");
    RecordingHandler silent =
        new RecordingHandler() {
          @Override
          public void request(JsonObject request, LauncherSession session) {}
        };
    try (ControlSocket socket = ControlSocket.open(path, silent);
        ControlClient client = connect(path)) {
      assertThat(socket.path()).exists();
      assertThatThrownBy(
              () -> client.request(new JsonObject().put("op", "x"), Duration.ofMillis(200)))
          .isInstanceOf(ControlSocketException.class)
          .hasMessageContaining("did not answer");
    }
  }

  @Test
  void outputIsStreamedUntilTheExit() throws Exception {
    ControlPath path = named("d.sock");
    RecordingHandler logs =
        new RecordingHandler() {
          @Override
          public void request(JsonObject request, LauncherSession session) {
            session.stdout("one\n".getBytes(UTF_8));
            session.stderr("two\n".getBytes(UTF_8));
            session.exit(4);
          }
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ControlSocket socket = ControlSocket.open(path, logs);
        ControlClient client = connect(path)) {
      assertThat(socket.path()).exists();
      assertThat(client.stream(new JsonObject().put("op", "logs"), out, err)).isEqualTo(4);
    }
    assertThat(out.toString(UTF_8)).isEqualTo("one\n");
    assertThat(err.toString(UTF_8)).isEqualTo("two\n");
  }

  @Test
  void sidecarIsOpenedAndSignalledThroughTheClient() throws Exception {
    ControlPath path = named("d.sock");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ControlSocket socket = ControlSocket.open(path, handler);
        ControlClient client = connect(path)) {
      assertThat(socket.path()).exists();
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(() -> open(client, out), Thread::startVirtualThread);
      LauncherSession session = within(handler.opened, 5000).session();
      client.signal(ControlSignal.TERM);
      assertThat(within(handler.signals, 3000)).isEqualTo(ControlSignal.TERM);
      session.stdout("bye\n".getBytes(UTF_8));
      session.exit(0);

      assertThat(code.get(5, TimeUnit.SECONDS)).isZero();
      assertThat(out.toString(UTF_8)).isEqualTo("bye\n");
    }
  }

  @Test
  void nonsenseEndsItsOwnConnectionOnly() throws Exception {
    ControlPath path = named("d.sock");
    try (ControlSocket socket = ControlSocket.open(path, handler);
        ControlClient neighbour = connect(path)) {
      assertThat(raw(path, "GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8)))
          .contains("jitney: unknown frame type");
      assertThat(raw(path, new byte[] {0, 0, 0, 5, 'S', 'T', 'E', 'R', 'M'}))
          .contains("a signal for no sidecar");
      assertThat(raw(path, new byte[] {0, 0, 0, 3, 'R', '[', ']'})).contains("no JSON object");
      assertThat(raw(path, new byte[] {0, 0, 0, 1, 'L'})).contains("only the daemon sends");
      assertThat(raw(path, new byte[] {0, 0, 0, 3, 'O', '9', 0})).contains("protocol version 9");
      assertThat(raw(path, new byte[] {127, 0, 0, 0, 'O'})).contains("allowed");

      assertThat(handler.opened).isEmpty();
      assertThat(handler.gone).isEmpty();
      assertThat(neighbour.request(new JsonObject().put("op", "x"), PATIENCE)).isNotNull();
      assertThat(socket.path()).exists();
    }
  }

  @Test
  void handlerThatThrowsEndsOneSessionAndIsToldToCleanUp() throws Exception {
    ControlPath path = named("d.sock");
    RecordingHandler broken =
        new RecordingHandler() {
          @Override
          public void open(OpenRequest request, LauncherSession session) {
            throw new IllegalStateException("a bug, with a secret");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ControlSocket socket = ControlSocket.open(path, broken);
        ControlClient client = connect(path)) {
      assertThat(client.open(OPEN, new ByteArrayOutputStream(), err)).isEqualTo(1);
      assertThat(err.toString(UTF_8)).isEqualTo("jitney: internal error of the daemon\n");
      assertThat(within(broken.gone, 3000)).isNotNull();
      assertThat(ask(path)).isNotNull();
      assertThat(socket.path()).exists();
    }
  }

  @Test
  void brokenSignalClosesTheTenantThatWasOpened() throws Exception {
    ControlPath path = named("d.sock");
    try (ControlSocket socket = ControlSocket.open(path, handler);
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
      new FrameWriter(channel).write(new Frame(FrameType.OPEN, OPEN.encode()));
      LauncherSession session = within(handler.opened, 3000).session();
      new FrameWriter(channel).write(new Frame(FrameType.SIGNAL, "KILL".getBytes(UTF_8)));

      assertThat(within(handler.gone, 3000)).isSameAs(session);
      assertThat(session.isOpen()).isFalse();
    }
  }

  @Test
  void closingTellsTheCodeToThoseWhoWereGivenOneAndEndsTheOthers() throws Exception {
    ControlPath path = named("d.sock");
    ControlSocket socket = ControlSocket.open(path, handler);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ControlClient ended = connect(path);
        ControlClient surprised = connect(path)) {
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(() -> open(ended, out), Thread::startVirtualThread);
      LauncherSession session = within(handler.opened, 5000).session();
      CompletableFuture<Integer> none =
          CompletableFuture.supplyAsync(() -> open(surprised, out), Thread::startVirtualThread);
      within(handler.opened, 5000);
      socket.stopAccepting();
      assertThat(ControlClient.connect(path)).isEmpty();
      session.exit(6);
      socket.close();

      assertThat(code.get(5, TimeUnit.SECONDS)).isEqualTo(6);
      assertThatThrownBy(() -> none.get(5, TimeUnit.SECONDS))
          .hasMessageContaining("the daemon at " + path + " ended");
    }
  }

  @Test
  void manyAtOnceAreAllServedAndLeaveNothingBehind() throws Exception {
    ControlPath path = named("d.sock");
    try (ControlSocket socket = ControlSocket.open(path, handler)) {
      List<ControlClient> clients = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        clients.add(connect(path));
      }
      for (ControlClient client : clients) {
        assertThat(client.request(new JsonObject().put("op", "x"), PATIENCE)).isNotNull();
      }
      clients.forEach(ControlClient::close);
      Awaitility.await().atMost(PATIENCE).until(() -> socket.connections() == 0);
      assertThat(handler.gone).hasSize(500);
    }
  }

  private static int open(ControlClient client, ByteArrayOutputStream out) {
    try {
      return client.open(OPEN, out, out);
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static JsonObject ask(ControlPath path) throws IOException {
    try (ControlClient client = connect(path)) {
      return client.request(new JsonObject().put("op", "x"), PATIENCE);
    }
  }

  private static ControlClient connect(ControlPath path) throws IOException {
    return ControlClient.connect(path)
        .orElseThrow(() -> new AssertionError("nobody listens at " + path));
  }

  /** What the daemon says to these bytes. */
  private static String raw(ControlPath path, byte[] bytes) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path.path()))) {
      channel.write(ByteBuffer.wrap(bytes));
      FrameReader frames = new FrameReader(channel);
      Frame said = frames.read();
      Frame exit = frames.read();
      assertThat(exit).isEqualTo(new Frame(FrameType.EXIT, new byte[] {1}));
      return said == null ? "" : new String(said.payload(), UTF_8);
    }
  }

  private ControlPath named(String name) {
    return new ControlPath(folder.resolve(name), true);
  }

  private Path folderWith(String permissions) throws IOException {
    Path made = Files.createDirectory(folder.resolve("made"));
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static List<String> names(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
