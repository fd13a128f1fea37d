package io.jitney.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StartEnvironmentTest {
  private static final Map<String, String> NOW = Map.of("A", "1", "LC_ALL", "C.UTF-8");

  @Test
  void isTheProcessesOwnWhereTheScriptChangedNothing() {
    assertThat(StartEnvironment.variables(NOW, null)).isEqualTo(NOW);
  }

  @Test
  void hasTheLocaleThatWasSetBefore() {
    assertThat(StartEnvironment.variables(NOW, "C")).isEqualTo(Map.of("A", "1", "LC_ALL", "C"));
    assertThat(StartEnvironment.variables(NOW, "")).isEqualTo(Map.of("A", "1"));
  }
}
