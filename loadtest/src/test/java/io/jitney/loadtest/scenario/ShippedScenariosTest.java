package io.jitney.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedScenariosTest {
  static List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("scenarios"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void areReadWithoutAProblemAndNamedAsTheirFile(Path file) throws Exception {
    for (boolean quick : new boolean[] {false, true}) {
      ScenarioReader.Read read =
          ScenarioReader.read(file.toString(), Files.readString(file), quick);

      assertThat(read).isInstanceOf(ScenarioReader.Parsed.class);
      Scenario scenario = ((ScenarioReader.Parsed) read).scenario();
      assertThat(file.getFileName().toString()).endsWith("-" + scenario.header().name() + ".yaml");
    }
  }
}
