package io.jitney.daemon.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command. */
class DemoIT {
  @TempDir Path temporary;
  private Path module;

  @BeforeEach
  void built() {
    Path here = Path.of("").toAbsolutePath();
    module = Files.exists(here.resolve("bin/jitney")) ? here : here.resolve("daemon");
    Assumptions.assumeTrue(
        Files.exists(module.resolve("target/dist/classpath")),
        "the daemon is not built (daemon/target/dist)");
  }

  private Process start(String options) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(module.resolve("bin/jitney").toString(), "demo", "--apps", "10")
            .redirectErrorStream(true);
    // Another daemon's settings must not get into it; its folder is where this test can see it.
    builder.environment().put("JITNEY_SOCKET", "/nowhere/d.sock");
    builder.environment().put("DAPR_API_TOKEN", "other");
    builder.environment().put("JITNEY_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary + options);
    return builder.start();
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }

  @Test
  void showsWhatItSaysAndLeavesNothing() throws Exception {
    Process demo = start("");
    String out = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(demo.waitFor(90, TimeUnit.SECONDS)).isTrue();
    assertThat(demo.exitValue()).as(out).isZero();
    assertThat(out)
        .contains("a teapot is reserved")
        .contains("orders sees {\"order\":\"a teapot\"")
        .contains("stock  sees {\"reserved\":\"a teapot\"}")
        .contains("orders||last and stock||last")
        .containsPattern("10 +\\d+ MB +\\d+ +")
        .contains("cleaned up")
        .doesNotContain("\u001b[");
    assertThat(left()).isEmpty();
  }

  @Test
  void cleansUpWhenItIsInterrupted() throws Exception {
    Process demo = start("");
    Thread.sleep(4000);
    List<ProcessHandle> children = demo.descendants().toList();

    demo.destroy();

    assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(demo.exitValue()).isNotZero();
    assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    assertThat(left()).isEmpty();
  }
}
