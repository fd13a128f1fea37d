package io.jitney.components.bindings.localstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateDataTest {
  private static String stored(String data) {
    return new String(
        CreateData.of(data.getBytes(StandardCharsets.UTF_8)), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '#',
      delimiter = '|',
      value = {
        "\"hello\" | hello",
        "hello | hello",
        "{\"x\":1} | {\"x\":1}",
        "\"aGVsbG8=\" | hello",
        "\"aGVsbG8\" | aGVsbG8",
        "\"a\\u0041\\n!\" | #aA\n!#",
        "\"a\\/b\" | \"a\\/b\"",
        "\"open | \"open"
      })
  void whatIsWritten(String data, String expected) {
    assertThat(stored(data)).isEqualTo(expected);
  }

  @Test
  void textThatHappensToBeBase64IsDecoded() {
    assertThat(stored("\"abcd\"")).isEqualTo("i\u00b7\u001d");
    assertThat(stored("null")).isEqualTo("\u009e\u00e9e");
  }

  @Test
  void bytesThatAreNoTextStay() {
    byte[] bytes = {0, -1, 1};

    assertThat(CreateData.of(bytes)).isEqualTo(bytes);
  }
}
