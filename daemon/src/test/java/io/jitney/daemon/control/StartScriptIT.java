package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/jitney} in a project of its own, with JDKs and a Maven that only say how they were
 * called.
 */
class StartScriptIT {
  private static final String JAVA =
      """
      #!/bin/sh
      echo "java of ${0%/bin/java}, pid $$"
      for argument in "$@"; do echo "[$argument]"; done
      echo "environment: $(/usr/bin/env | /usr/bin/sort | /usr/bin/tr '\\n' ' ')"
      exit 7
      """;

  @TempDir Path folder;
  private Path home;
  private Path jdk;

  @BeforeEach
  void layOut() throws Exception {
    home = Files.createDirectories(folder.resolve("a project/daemon"));
    Path script = Files.createDirectory(home.resolve("bin")).resolve("jitney");
    Files.copy(Path.of("bin/jitney").toAbsolutePath(), script, StandardCopyOption.COPY_ATTRIBUTES);
    jdk = jdk("jdk", "25.0.3");
  }

  @Test
  void javaGetsItsOptionsInOrderAndThenTheArguments() throws Exception {
    build();

    Run run =
        run(List.of("__daprd", "--app-id", "a b", "", "*"), Map.of("JDK25_HOME", jdk.toString()));

    Path dist = home.resolve("target/dist");
    assertThat(run.out)
        .startsWith(
            String.join(
                "\n",
                "java of " + jdk + ", pid " + run.pid,
                "[-Xmx64m]",
                "[-XX:AOTCache=" + dist + "/jitney.aot]",
                "[-Dof=" + dist + "]",
                "[-Djitney.lc-all=]",
                "[-Djitney.home=" + home + "]",
                "[-cp]",
                "[" + dist + "/lib/b.jar:" + dist + "/lib/a.jar]",
                "[io.jitney.daemon.Main]",
                "[daprd]",
                "[--app-id]",
                "[a b]",
                "[]",
                "[*]\n"));
    assertThat(run.err).isEmpty();
    assertThat(run.code).isEqualTo(7);
  }

  @Test
  void aCacheThatIsOlderThanAJarIsRemovedAndTold() throws Exception {
    build();
    Path dist = home.resolve("target/dist");
    Path cache = dist.resolve("jitney.aot");
    FileTime built = Files.getLastModifiedTime(cache);
    Files.setLastModifiedTime(
        dist.resolve("lib/a.jar"), FileTime.from(built.toInstant().plusSeconds(2)));

    Run first = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));
    Run second = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));

    assertThat(cache).doesNotExist();
    assertThat(first.err)
        .startsWith("jitney: removing " + cache + ": it is not of these jars (a.jar is newer).")
        .hasLineCount(1);
    assertThat(second.err).isEmpty();
    for (Run run : List.of(first, second)) {
      assertThat(run.out).contains("[-Xmx64m]\n[-Dof=" + dist + "]\n").doesNotContain("AOTCache");
      assertThat(run.out).contains("[io.jitney.daemon.Main]\n[version]\n");
    }
  }

  @Test
  void aCacheOfOtherJarsIsRemovedThoughTheyAreOlder() throws Exception {
    build();
    Path dist = home.resolve("target/dist");
    Path cache = dist.resolve("jitney.aot");
    Path jar = dist.resolve("lib/a.jar");
    FileTime old = FileTime.fromMillis(1_700_000_000_000L);
    for (String name : List.of("a.jar", "b.jar")) {
      Files.setLastModifiedTime(dist.resolve("lib").resolve(name), old);
    }
    Files.writeString(dist.resolve("jitney.aot.jars"), "b.jar 0 1700000000\na.jar 0 1700000000\n");

    Run same = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));
    assertThat(same.err).isEmpty();
    assertThat(same.out).contains("[-XX:AOTCache=" + cache + "]");

    Files.writeString(jar, "another");
    Files.setLastModifiedTime(jar, old);
    Run other = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));

    assertThat(cache).doesNotExist();
    assertThat(other.err).startsWith("jitney: removing " + cache + ": it is not of these jars. ");
    assertThat(other.out).doesNotContain("AOTCache").contains("[version]");
  }

  @Test
  void setsNothingThatATenantWouldSee() throws Exception {
    build();

    Run run = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));

    // PWD, SHLVL and _ are the shells own doing; of LC_ALL Java is told what it was.
    assertThat(
            run.out
                .substring(run.out.indexOf("environment: ") + 13)
                .strip()
                .split(" (?=[A-Za-z_0-9]+=)"))
        .allMatch(entry -> entry.matches("(?s)(JDK25_HOME|LC_ALL|PWD|OLDPWD|SHLVL|_)=.*"));
  }

  @Test
  void worksThroughALinkAndFromItsOwnFolder() throws Exception {
    build();
    Path link = Files.createSymbolicLink(folder.resolve("jitney-link"), home.resolve("bin/jitney"));

    for (String name :
        List.of(link.toString(), "bin/jitney", "./bin/jitney", "bin/../bin/jitney")) {
      Run run = start(List.of(name, "version"), Map.of("JDK25_HOME", jdk.toString()));
      assertThat(run.out).contains("[io.jitney.daemon.Main]\n[version]\n");
    }
    Run within =
        start(List.of("/bin/sh", "bin/jitney", "version"), Map.of("JDK25_HOME", jdk.toString()));
    assertThat(within.out).contains("[version]");
  }

  @Test
  void jdkThatIsTooOldIsPassedOverForTheOneThatTheBuildRecorded() throws Exception {
    build();
    Path old = jdk("old", "17.0.15");
    Files.writeString(home.resolve("target/dist/java-home"), jdk + "\n");

    Run run =
        run(List.of("version"), Map.of("JDK25_HOME", old.toString(), "JAVA_HOME", old.toString()));

    assertThat(run.out).startsWith("java of " + jdk + ",");
  }

  @Test
  void poorLocaleIsImprovedForJavaAndTold() throws Exception {
    build();
    String jdk25 = jdk.toString();

    Run empty = run(List.of("version"), Map.of("JDK25_HOME", jdk25));
    Run posix = run(List.of("version"), Map.of("JDK25_HOME", jdk25, "LC_ALL", "C"));
    Run own = run(List.of("version"), Map.of("JDK25_HOME", jdk25, "LANG", "de_DE.UTF-8"));

    assertThat(empty.out).contains("[-Djitney.lc-all=]\n", " LC_ALL=C.UTF-8 ");
    assertThat(posix.out).contains("[-Djitney.lc-all=C]\n", " LC_ALL=C.UTF-8 ");
    assertThat(own.out).doesNotContain("lc-all", "LC_ALL");
  }

  @Test
  void firstStartBuildsVisiblyAndOnce() throws Exception {
    maven(
        """
        echo '[INFO] Building Jitney tenancy 0.1  [2/4]'
        echo '[INFO] --- compiler:3.14.0:compile (default-compile) @ jitney-tenancy ---'
        echo "$* with $JAVA_HOME" >> called
        mkdir -p daemon/target/dist/lib
        echo a.jar > daemon/target/dist/classpath
        """);

    Run first = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));
    Run second = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));

    assertThat(first.err)
        .contains("first start: building", "Jitney tenancy 0.1", "compiling", "jitney: built");
    assertThat(first.out).contains("[io.jitney.daemon.Main]\n[version]");
    assertThat(second.err).isEmpty();
    assertThat(second.out).contains("[version]");
    List<String> calls = Files.readAllLines(folder.resolve("a project/called"));
    assertThat(calls)
        .singleElement()
        .asString()
        .contains("package", "-DskipTests")
        .endsWith("with " + jdk);
    assertThat(home.resolve("target/first-build.log")).content().contains("default-compile");
  }

  @Test
  void launchersThatStartTogetherBuildOnce() throws Exception {
    maven(
        """
        echo called >> called
        sleep 1
        mkdir -p daemon/target/dist/lib
        echo a.jar > daemon/target/dist/classpath
        """);
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          process(
              List.of(home.resolve("bin/jitney").toString()),
              Map.of("JDK25_HOME", jdk.toString())));
    }

    for (Process process : processes) {
      assertThat(finish(process).out).contains("[io.jitney.daemon.Main]");
    }
    assertThat(folder.resolve("a project/called")).hasContent("called");
  }

  @Test
  void failedBuildSaysWhyAndWhereTheLogIs() throws Exception {
    maven(
        """
        echo '[ERROR] Foo.java:[1,1] broken'
        exit 1
        """);

    Run run = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));

    assertThat(run.code).isEqualTo(1);
    assertThat(run.out).isEmpty();
    assertThat(run.err)
        .contains("Foo.java:[1,1] broken")
        .endsWith("jitney: the build failed: see " + home + "/target/first-build.log\n");
  }

  @Test
  void withoutSourcesThereIsNothingToBuild() throws Exception {
    Run run = run(List.of("version"), Map.of("JDK25_HOME", jdk.toString()));

    assertThat(run.code).isEqualTo(1);
    assertThat(run.err).startsWith("jitney: not built, and no sources in ");
  }

  private Path jdk(String name, String version) throws IOException {
    Path made = folder.resolve(name);
    Files.createDirectories(made.resolve("bin"));
    executable(made.resolve("bin/java"), JAVA);
    executable(made.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(
        made.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return made;
  }

  /** What the build leaves in {@code target/dist}. */
  private void build() throws IOException {
    Path lib = Files.createDirectories(home.resolve("target/dist/lib"));
    Files.createFile(lib.resolve("a.jar"));
    Files.createFile(lib.resolve("b.jar"));
    Files.writeString(home.resolve("target/dist/classpath"), "b.jar:a.jar\n");
    Files.writeString(
        home.resolve("target/dist/jvm.options"),
        "# why\n-Xmx64m\n\n-XX:AOTCache=@dist@/jitney.aot\n-Dof=@dist@\n");
    Files.createFile(home.resolve("target/dist/jitney.aot")); // after the jars
  }

  private void maven(String body) throws IOException {
    Path root = folder.resolve("a project");
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Files.createDirectories(folder.resolve("tools"));
    executable(folder.resolve("tools/mvn"), "#!/bin/sh\nset -e\ncd '" + root + "'\n" + body);
  }

  private static void executable(Path file, String content) throws IOException {
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Run(String out, String err, int code, long pid) {}

  private Run run(List<String> arguments, Map<String, String> environment) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/jitney").toString()));
    command.addAll(arguments);
    return start(command, environment);
  }

  private Run start(List<String> command, Map<String, String> environment) throws Exception {
    return finish(process(command, environment));
  }

  private Process process(List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    if (Files.exists(folder.resolve("tools"))) {
      builder.environment().put("PATH", folder.resolve("tools").toString());
    }
    return builder.start();
  }

  private static Run finish(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new Run(out, err, process.exitValue(), process.pid());
  }
}
