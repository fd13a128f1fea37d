package io.jitney.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlPathTest {
  @Test
  void variableWins() {
    ControlPath path =
        ControlPath.of(Map.of("JITNEY_SOCKET", "/run/x.sock", "XDG_RUNTIME_DIR", "/run/user/7"), 7);

    assertThat(path).isEqualTo(new ControlPath(Path.of("/run/x.sock"), true));
  }

  @Test
  void runTimeFolderIsTheDefault() {
    ControlPath path =
        ControlPath.of(Map.of("JITNEY_SOCKET", "", "XDG_RUNTIME_DIR", "/run/user/7"), 7);

    assertThat(path).isEqualTo(new ControlPath(Path.of("/run/user/7/jitney/daemon.sock"), false));
  }

  @Test
  void withoutOneEachUserHasAFolderInTmp() {
    assertThat(ControlPath.of(Map.of(), 7))
        .isEqualTo(new ControlPath(Path.of("/tmp/jitney-7/daemon.sock"), false))
        .isEqualTo(ControlPath.of(Map.of("XDG_RUNTIME_DIR", "run"), 7));
  }

  @Test
  void relativePathIsMadeAbsolute() {
    assertThat(ControlPath.of(Map.of("JITNEY_SOCKET", "d.sock"), 7).path())
        .isAbsolute()
        .endsWithRaw(Path.of("d.sock"));
  }
}
