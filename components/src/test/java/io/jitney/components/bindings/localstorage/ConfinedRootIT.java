package io.jitney.components.bindings.localstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfinedRootIT {
  @TempDir Path folder;
  private ConfinedRoot root;
  private Path inside;

  @BeforeEach
  void open() throws IOException {
    root = ConfinedRoot.open(folder.resolve("a/files"));
    inside = root.root();
    Files.writeString(folder.resolve("a/secret"), "no");
  }

  @ParameterizedTest
  @CsvSource({
    "x.txt, x.txt",
    "sub/x, sub/x",
    "/abs, abs",
    "../../up, up",
    "a/../../../../../etc/passwd, etc/passwd",
    "./x//y/., x/y"
  })
  void noNameLeadsOut(String name, String expected) throws IOException {
    assertThat(root.resolve(name)).isEqualTo(inside.resolve(expected));
  }

  @Test
  void noNameIsTheRoot() throws IOException {
    assertThat(root.resolve("")).isEqualTo(inside);
    assertThat(root.resolve("..")).isEqualTo(inside);
  }

  @Test
  void linksStayInside() throws IOException {
    Files.createSymbolicLink(inside.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(inside.resolve("abs"), folder.resolve("a"));
    Files.createSymbolicLink(inside.resolve("out"), Path.of("/etc"));

    assertThat(root.resolve("up/secret")).isEqualTo(inside.resolve("secret"));
    assertThat(root.resolve("abs/secret").startsWith(inside)).isTrue();
    assertThat(root.resolve("out/passwd")).isEqualTo(inside.resolve("etc/passwd"));
    assertThat(Files.exists(root.resolve("up/secret"))).isFalse();
    assertThat(Files.exists(root.resolve("abs/secret"))).isFalse();
  }

  @Test
  void linksThatGoRoundInCirclesEnd() throws IOException {
    Files.createSymbolicLink(inside.resolve("one"), Path.of("two"));
    Files.createSymbolicLink(inside.resolve("two"), Path.of("one"));

    assertThatThrownBy(() -> root.resolve("one/x")).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc/x", "/sys", "/boot/x", "/var/run/secrets/token", "/x/../proc/1"})
  void foldersOfTheSystemAreRefused(String forbidden) {
    assertThatThrownBy(() -> ConfinedRoot.open(Path.of(forbidden)))
        .hasMessageContaining("rootPath")
        .hasMessageContaining("forbidden");
  }

  @Test
  void aLinkToAFolderOfTheSystemIsRefused() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc"));

    assertThatThrownBy(() -> ConfinedRoot.open(folder.resolve("link/self")))
        .hasMessageContaining("forbidden");
  }
}
