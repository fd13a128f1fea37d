package io.jitney.daemon.wake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.testing.RecordedLog;
import io.jitney.tenancy.TenantId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: what they see, how long they may run, and whose file may say so. */
class WakeCommandIT {
  @TempDir Path folder;
  private final RecordedLog log = new RecordedLog();
  private WakeCommand commands = new WakeCommand();
  private Path file;

  @BeforeEach
  void appFile() throws Exception {
    file = Files.writeString(folder.resolve("app.yaml"), "kind: App");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private String text() {
    return String.join("\n", log.lines());
  }

  private void run(int seconds, List<String> environment, String... argv)
      throws WakeCommand.Failed, InterruptedException {
    commands.run(
        new WakeCommand.Call(
            new WakeRule.Command(List.of(argv), environment, folder, seconds),
            file,
            Map.of("SEEN", "yes", "HIDDEN", "secret"),
            new TenantId("shop", "orders"),
            "a message",
            log));
  }

  @Test
  void itSeesWhatIsListedAndNothingElse() throws Exception {
    run(10, List.of("SEEN", "NOT_SET"), "/usr/bin/env");

    assertThat(text())
        .contains(
            "SEEN=yes",
            "JITNEY_WAKE_APP_ID=orders",
            "JITNEY_WAKE_NAMESPACE=shop",
            "JITNEY_WAKE_REASON=a message",
            "PATH=/usr")
        .doesNotContain("HIDDEN", "secret", "NOT_SET", "HOME=", "JAVA_HOME");
  }

  @Test
  void argumentsAreNobodysShell() throws Exception {
    run(10, List.of(), "/bin/echo", "$(id)", ";", "`id`");
    assertThat(text()).contains("$(id) ; `id`");
  }

  @Test
  void oneThatHangsIsKilledWithItsChildren() {
    long begin = System.nanoTime();
    assertThatThrownBy(() -> run(1, List.of(), "/bin/sh", "-c", "sleep 987654 & wait"))
        .hasMessage("took longer than 1 s and was killed");
    assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
    assertThat(
            ProcessHandle.allProcesses()
                .filter(one -> one.info().commandLine().orElse("").contains("sleep 987654")))
        .isEmpty();
  }

  @Test
  void oneThatFindsNoPlaceIsToldSoAndTheNextOneRuns() throws Exception {
    commands = new WakeCommand(1, Duration.ofSeconds(1));
    Path begun = folder.resolve("begun");
    Thread other =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    run(20, List.of(), "/bin/sh", "-c", "touch " + begun + "; sleep 20");
                  } catch (WakeCommand.Failed | InterruptedException ended) {
                    // as wanted
                  }
                });
    Awaitility.await().until(() -> Files.exists(begun));

    assertThatThrownBy(() -> run(5, List.of(), "/bin/echo", "mine"))
        .isInstanceOf(WakeCommand.NoPlace.class)
        .hasMessage(
            "its command was not run: 1 wake commands of other apps, the most at once on a node,"
                + " left no place within 1 s");
    assertThat(text()).doesNotContain("mine");
    other.interrupt();
    other.join();
    run(5, List.of(), "/bin/echo", "mine");
    assertThat(text()).contains("mine");
  }

  @Test
  void whatItPrintsIsBoundedAndItsCodeTold() {
    assertThatThrownBy(
            () ->
                run(
                    20,
                    List.of(),
                    "/bin/sh",
                    "-c",
                    "head -c 3000000 /dev/zero | tr '\\0' x; echo; exit 7"))
        .hasMessage("ended with exit code 7");
    assertThat(text().length()).isLessThan(30_000);
    assertThat(text()).contains("its further output is left out");
  }

  @Test
  void whatItLeavesInTheBackgroundGoesOnAndIsNotWaitedFor() throws Exception {
    Path done = folder.resolve("done");
    long begin = System.nanoTime();
    run(10, List.of(), "/bin/sh", "-c", "(sleep 2; touch " + done + ") &");
    assertThat(System.nanoTime() - begin).isLessThan(1_900_000_000L);
    Awaitility.await().until(() -> Files.exists(done));
  }

  @Test
  void aFileThatOthersMayWriteRunsNothing() throws Exception {
    Path made = folder.resolve("made");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThatThrownBy(() -> run(5, List.of(), "/usr/bin/touch", made.toString()))
        .hasMessageContaining("group or others may write");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> run(5, List.of(), "/usr/bin/touch", made.toString()))
        .hasMessageContaining("group or others may write");
    assertThat(made).doesNotExist();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    run(5, List.of(), "/usr/bin/touch", made.toString());
    assertThat(made).exists();
  }

  @Test
  void aProgramThatIsNotThereIsTold() {
    assertThatThrownBy(() -> run(5, List.of(), "/nowhere/start"))
        .hasMessageContaining("cannot run /nowhere/start");
  }
}
