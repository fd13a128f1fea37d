package io.jitney.daemon.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.resources.YamlTree.Mapping;
import io.jitney.daemon.resources.YamlTree.Scalar;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
  private static Mapping mapping(String yaml) throws YamlReader.NotYaml {
    return (Mapping) YamlReader.read(yaml);
  }

  @Test
  void quotedAndTaggedScalarsAreTexts() throws Exception {
    Mapping read = mapping("a: 007\nb: \"007\"\nc: !!str 007\nd: '~'\ne: |\n  yes\n");
    assertThat(read.members().values())
        .extracting(tree -> String.valueOf(((Scalar) tree).value()))
        .containsExactly("7", "007", "007", "~", "yes\n");
  }

  @Test
  void theLastOfEqualKeysCountsAndMergesComeLast() throws Exception {
    Mapping read = mapping("base: &b {x: 1, z: 2}\nm:\n  <<: *b\n  x: 3\n  x: 4\n");
    assertThat(read.members().get("m"))
        .isEqualTo(
            new Mapping(
                Map.of(
                    "x", new Scalar("4", BigInteger.valueOf(4)),
                    "z", new Scalar("2", BigInteger.TWO))));
  }

  @Test
  void onlyTheFirstDocumentIsRead() throws Exception {
    assertThat(mapping("a: 1\n---\nb: [\n").members()).containsOnlyKeys("a");
    assertThat(YamlReader.read("# nothing\n").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a: [", "a:\n\t- b", "this: [is: no: yaml", "a: *nowhere", "? [a]\n: b", "<<: 5"})
  void brokenDocumentsAreNamedByLine(String yaml) {
    assertThatThrownBy(() -> YamlReader.read(yaml))
        .isInstanceOf(YamlReader.NotYaml.class)
        .hasMessageStartingWith("yaml: ");
  }

  @Test
  void messagesHoldNothingOfTheDocument() {
    assertThatThrownBy(() -> YamlReader.read("password: hunter2\nx: [hunter2\n"))
        .hasMessageStartingWith("yaml: line ")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> YamlReader.read("password: *hunter2\n"))
        .hasMessage("yaml: line 1: unknown anchor referenced");
  }

  @Test
  void keysBecomeTextAsValuesDo() throws Exception {
    assertThat(mapping("y: 1\n007: 2\n'n': 3\n~: 4\n").members())
        .containsOnlyKeys("true", "7", "n", "null");
  }

  @Test
  void tagsMakeNoObjects() throws Exception {
    Mapping read =
        mapping("a: !!javax.script.ScriptEngineManager [!!java.net.URL [\"http://localhost:1/\"]]");
    assertThat(read.members().get("a")).isInstanceOf(YamlTree.Sequence.class);
  }

  /** Each would take gigabytes or hours if it were expanded. */
  @Test
  void bombsAreRefusedQuickly() {
    String laughs =
        "a0: &a0 [x]\n"
            + IntStream.rangeClosed(1, 90)
                .mapToObj(i -> "a%d: &a%d [*a%d, *a%d]".formatted(i, i, i - 1, i - 1))
                .collect(Collectors.joining("\n"));
    String text = "t: &t " + "x".repeat(60_000) + "\nl: [" + "*t, ".repeat(1_000) + "*t]";
    String self = "a: &a [*a]";
    String deep = "[".repeat(60_000);
    String keys = "? ".repeat(30_000) + "a";
    for (String bomb : new String[] {laughs, text, self, deep, keys}) {
      Assertions.assertTimeoutPreemptively(
          Duration.ofSeconds(5),
          () ->
              assertThatThrownBy(() -> YamlReader.read(bomb))
                  .isInstanceOf(YamlReader.NotYaml.class));
    }
  }
}
