package io.jitney.daemon.control;

import static io.jitney.daemon.control.LauncherKit.exitCode;
import static io.jitney.daemon.control.LauncherKit.kill;
import static io.jitney.daemon.control.RecordingHandler.within;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparingInt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jitney.daemon.control.LauncherKit.Kind;
import io.jitney.daemon.control.RecordingHandler.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launchers as processes, against a real control socket: the same cases for the C and the Perl
 * program.
 */
abstract class LauncherCases {
  private static final Pattern DROPPED =
      Pattern.compile(
          "jitney: (\\d+) log lines dropped: this launcher's output is read too slowly");

  @TempDir Path folder;

  private final Kind kind;
  private final RecordingHandler handler = new RecordingHandler();
  private final List<Process> started = new ArrayList<>();
  private LauncherKit kit;
  private ControlPath path;
  private ControlSocket socket;
  private Map<String, String> environment;

  LauncherCases(Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void listen() throws Exception {
    kit = new LauncherKit(Files.createDirectory(folder.resolve("home")), kind);
    assumeTrue(kit.exists(), "no C compiler here");
    path = new ControlPath(folder.resolve("run/d.sock"), true);
    socket = ControlSocket.open(path, handler);
    environment = Map.of("JITNEY_SOCKET", path.toString());
  }

  @AfterEach
  void end() throws Exception {
    started.forEach(Process::destroyForcibly);
    if (socket != null) {
      socket.close();
    }
  }

  @Test
  void opensWithItsOwnArgumentsEnvironmentAndFolder() throws Exception {
    Map<String, String> given = new HashMap<>(environment);
    given.put("SECRET", "a=b\nc");
    given.put("EMPTY", "");
    launch(given, "--app-id", "orders", "", "with space");
    launch(environment, "--app-id", "other");

    OpenRequest first = nextOpened("orders").request();
    OpenRequest second = nextOpened("other").request();
    assertThat(first)
        .isEqualTo(
            new OpenRequest(
                List.of("--app-id", "orders", "", "with space"), given, folder.toRealPath()));
    assertThat(second.environment()).isEqualTo(environment);
  }

  @Test
  void printsTheLogOnTheStreamItIsMeantForAndEndsWithTheCode() throws Exception {
    Process launcher = launch(environment, "--app-id", "orders");
    LauncherSession session = within(handler.opened, 5000).session();
    String large = "x".repeat(70_000) + "\n";

    session.stdout("log\n".getBytes(UTF_8));
    session.stderr("error\n".getBytes(UTF_8));
    session.stdout(large.getBytes(UTF_8));
    session.exit(7);

    assertThat(stdout(launcher)).isEqualTo("log\n" + large);
    assertThat(stderr(launcher)).isEqualTo("error\n");
    assertThat(exitCode(launcher)).isEqualTo(7);
    assertThat(handler.gone).isEmpty();
  }

  @Test
  void passesSignalsOnAndWaitsForTheTenantsEnd() throws Exception {
    Process launcher = launch(environment, "--app-id", "orders");
    LauncherSession session = within(handler.opened, 5000).session();

    kill("HUP", launcher);
    assertThat(within(handler.signals, 3000)).isEqualTo(ControlSignal.HUP);
    kill("HUP", launcher);
    assertThat(within(handler.signals, 3000)).isEqualTo(ControlSignal.HUP);
    kill("TERM", launcher);
    assertThat(within(handler.signals, 3000)).isEqualTo(ControlSignal.TERM);
    assertThat(launcher.isAlive()).isTrue();
    session.exit(0);

    assertThat(exitCode(launcher)).isZero();
  }

  @Test
  void secondRequestToStopEndsItAtOnceAndTheTenantToo() throws Exception {
    Process launcher = launch(environment, "--app-id", "orders");
    Opened opened = within(handler.opened, 5000);
    kill("INT", launcher);
    assertThat(within(handler.signals, 3000)).isEqualTo(ControlSignal.INT);

    kill("TERM", launcher);

    assertThat(exitCode(launcher)).isEqualTo(1);
    assertThat(within(handler.gone, 1000)).isSameAs(opened.session());
    assertThat(opened.session().isOpen()).isFalse();
  }

  @Test
  void killedLauncherIsNoticedWithinASecondAndNobodyElseIsTouched() throws Exception {
    Process launcher = launch(environment, "--app-id", "orders");
    LauncherSession session = nextOpened("orders").session();
    Process other = launch(environment, "--app-id", "other");
    LauncherSession otherSession = nextOpened("other").session();

    kill("KILL", launcher);

    assertThat(within(handler.gone, 1000)).isSameAs(session);
    session.stdout("to nobody\n".getBytes(UTF_8));
    session.exit(0);
    otherSession.stdout("still here\n".getBytes(UTF_8));
    otherSession.exit(0);
    assertThat(stdout(other)).isEqualTo("still here\n");
    assertThat(handler.gone).isEmpty();
  }

  @Test
  void killedDaemonIsToldInOneClearLine() throws Exception {
    Path its = folder.resolve("run/killed.sock");
    Process daemon = TestDaemon.start(its);
    started.add(daemon);
    Process named =
        launch(Map.of("JITNEY_SOCKET", its.toString()), "--app-id", "orders", "--app-port", "3000");
    Process unnamed = launch(Map.of("JITNEY_SOCKET", its.toString()));
    assertThat(named.inputReader().readLine()).isEqualTo("served");
    assertThat(unnamed.inputReader().readLine()).isEqualTo("served");

    kill("KILL", daemon);

    assertThat(exitCode(named)).isEqualTo(1);
    assertThat(stderr(named))
        .isEqualTo("jitney: the daemon at " + its + " ended; app orders is no longer served\n");
    assertThat(exitCode(unnamed)).isEqualTo(1);
    assertThat(stderr(unnamed))
        .isEqualTo("jitney: the daemon at " + its + " ended; its app is no longer served\n");
  }

  @Test
  void socketOfAKilledDaemonMeansNoDaemonAndIsReplacedByTheNext() throws Exception {
    Path its = folder.resolve("run/stale.sock");
    Process daemon = TestDaemon.start(its);
    kill("KILL", daemon);
    daemon.waitFor();
    assertThat(Files.exists(its)).isTrue();

    Process launcher = launch(Map.of("JITNEY_SOCKET", its.toString()), "--app-id", "orders");
    assertThat(stdout(launcher)).startsWith("private daemon");

    try (ControlSocket next = ControlSocket.open(new ControlPath(its, true), handler)) {
      launch(Map.of("JITNEY_SOCKET", next.path().toString()), "--app-id", "served");
      nextOpened("served");
    }
  }

  @Test
  void withoutADaemonItBecomesAPrivateOneInItsOwnProcess() throws Exception {
    Process launcher =
        launch(
            Map.of("JITNEY_SOCKET", folder.resolve("none").toString()),
            "--app-id",
            "a b",
            "",
            "-v");

    assertThat(stdout(launcher))
        .isEqualTo(
            "private daemon, pid " + launcher.pid() + "\n[__daprd]\n[--app-id]\n[a b]\n[]\n[-v]\n");
    assertThat(stderr(launcher)).isEmpty();
    assertThat(exitCode(launcher)).isEqualTo(42);
  }

  @Test
  void slowReaderHoldsUpNobodyAndLosesOldLinesOnly() throws Exception {
    Process launcher = launch(environment, "--app-id", "orders");
    LauncherSession session = within(handler.opened, 5000).session();
    String filler = "x".repeat(90);
    int lines = 50_000;

    long begin = System.nanoTime();
    for (int i = 0; i < lines; i++) {
      session.stdout((i + filler + "\n").getBytes(UTF_8));
    }
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isLessThan(5000);
    kill("TERM", launcher);
    assertThat(within(handler.signals, 3000)).isEqualTo(ControlSignal.TERM);

    Thread exit = Thread.ofVirtual().start(() -> session.exit(3));
    List<String> printed = stdout(launcher).lines().toList();
    assertThat(exit.join(Duration.ofSeconds(5))).isTrue();
    assertThat(printed).hasSizeLessThan(lines).hasSizeGreaterThan(5_000);
    assertThat(printed)
        .isSortedAccordingTo(comparingInt(line -> Integer.parseInt(line.replace(filler, ""))));
    assertThat(printed.getLast()).isEqualTo(lines - 1 + filler);
    long dropped =
        stderr(launcher)
            .lines()
            .map(DROPPED::matcher)
            .peek(note -> assertThat(note.matches()).isTrue())
            .mapToLong(note -> Long.parseLong(note.group(1)))
            .sum();
    assertThat(dropped).isEqualTo(lines - printed.size());
    assertThat(exitCode(launcher)).isEqualTo(3);
  }

  @Test
  void stuckReaderStillGetsTheCode() throws Exception {
    Process launcher = launch(environment, "--app-id", "orders");
    LauncherSession session = within(handler.opened, 5000).session();
    for (int i = 0; i < 20; i++) {
      session.stdout(("x".repeat(99_999) + "\n").getBytes(UTF_8));
    }
    session.exit(5);
    Thread.sleep(1500); // longer than log output may hold up the code

    assertThat(stdout(launcher)).isNotEmpty();
    assertThat(stderr(launcher)).contains("log lines dropped");
    assertThat(exitCode(launcher)).isEqualTo(5);
  }

  @Test
  void closedOutputDoesNotEndTheTenant() throws Exception {
    Process launcher =
        kit.startBehind("exec \"$@\" <&- >&- 2>&-", folder, environment, "--app-id", "orders");
    started.add(launcher);
    servesOn(launcher);
  }

  @Test
  void outputThatNobodyReadsAnyMoreDoesNotEndTheTenant() throws Exception {
    Process launcher = launch(environment, "--app-id", "orders");
    launcher.getInputStream().close();
    launcher.getErrorStream().close();
    servesOn(launcher);
  }

  private void servesOn(Process launcher) throws Exception {
    LauncherSession session = within(handler.opened, 5000).session();
    for (int i = 0; i < 1000; i++) {
      session.stdout("to nobody\n".getBytes(UTF_8));
      session.stderr("to nobody\n".getBytes(UTF_8));
    }
    kill("TERM", launcher);
    assertThat(within(handler.signals, 3000)).isEqualTo(ControlSignal.TERM);
    session.exit(9);

    assertThat(exitCode(launcher)).isEqualTo(9);
  }

  @Test
  void largeEnvironmentArrivesWhole() throws Exception {
    Map<String, String> large = new HashMap<>(environment);
    for (int i = 0; i < 10; i++) {
      large.put("LARGE_" + i, Integer.toString(i).repeat(100_000));
    }
    launch(large, "--app-id", "orders");

    assertThat(within(handler.opened, 5000).request().environment()).isEqualTo(large);
  }

  @Test
  void foldersNameNeedNotBeAscii() throws Exception {
    Path named = Files.createDirectory(folder.resolve("b\u00fcro \u6771"));
    started.add(kit.start(named, environment, "--app-id", "orders"));

    assertThat(within(handler.opened, 5000).request().workingDirectory())
        .isEqualTo(named.toRealPath());
  }

  @Test
  void deletedFolderIsNoReasonToFail() throws Exception {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    started.add(
        kit.startBehind(
            "rmdir '" + gone + "' && exec \"$@\"", gone, pathTo(environment), "--app-id", "o"));

    assertThat(within(handler.opened, 5000).request().workingDirectory()).isEqualTo(Path.of("/"));
  }

  private static Map<String, String> pathTo(Map<String, String> environment) {
    Map<String, String> with = new HashMap<>(environment);
    with.put("PATH", "/usr/bin:/bin");
    return with;
  }

  @Test
  void pathTooLongForASocketIsSaid() throws Exception {
    Process launcher =
        launch(Map.of("JITNEY_SOCKET", "/tmp/" + "x".repeat(120)), "--app-id", "orders");

    assertThat(stderr(launcher))
        .startsWith("jitney: cannot use the daemon's socket /tmp/xxx")
        .contains("too long");
    assertThat(exitCode(launcher)).isEqualTo(1);
  }

  @Test
  void startScriptNeedsNoEnvironmentAndMayBeALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("daprd-link"), kit.script());
    Map<String, String> nothing = Map.of();
    assumeTrue(
        !Files.exists(ControlPath.of(nothing).path()),
        "a daemon of this user runs at the default path");

    for (Path script : List.of(kit.script(), link)) {
      Process launcher =
          LauncherKit.start(folder, nothing, List.of(script.toString(), "--app-id", "a b"));
      started.add(launcher);

      assertThat(stdout(launcher)).endsWith("[__daprd]\n[--app-id]\n[a b]\n");
      assertThat(stderr(launcher)).isEmpty();
      assertThat(exitCode(launcher)).isEqualTo(42);
    }
  }

  @Test
  void anotherUsersLauncherIsRefused() throws Exception {
    assumeTrue(ProcessOwner.current().isRoot(), "only root can be another user");
    open(folder, folder.resolve("run"), folder.resolve("home"));
    new ProcessBuilder("chmod", "0666", path.toString()).start().waitFor();
    List<String> command =
        new ArrayList<>(
            List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    command.addAll(kit.program());
    assumeTrue(Files.isExecutable(Path.of(command.getFirst())));

    Process launcher = LauncherKit.start(Path.of("/"), environment, command);
    started.add(launcher);

    assertThat(stderr(launcher))
        .isEqualTo("jitney: the daemon at " + path + " belongs to another user\n");
    assertThat(exitCode(launcher)).isEqualTo(1);
    assertThat(handler.opened).isEmpty();
  }

  private static void open(Path... folders) throws IOException, InterruptedException {
    for (Path each : folders) {
      new ProcessBuilder("chmod", "0755", each.toString()).start().waitFor();
    }
  }

  private Process launch(Map<String, String> with, String... arguments) throws IOException {
    Process launcher = kit.start(folder, with, arguments);
    started.add(launcher);
    return launcher;
  }

  private Opened nextOpened(String appId) throws InterruptedException {
    Opened opened = within(handler.opened, 5000);
    if (!opened.request().argv().contains(appId)) {
      Opened other = opened;
      opened = within(handler.opened, 5000);
      handler.opened.add(other);
    }
    assertThat(opened.request().argv()).contains(appId);
    return opened;
  }

  private static String stdout(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private static String stderr(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), UTF_8);
  }
}
