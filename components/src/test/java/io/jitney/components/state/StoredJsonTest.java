package io.jitney.components.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredJsonTest {
  private static String plain(String json) {
    return StoredJson.PLAIN.encode(Buffer.buffer(json)).toString();
  }

  private static String sorted(String json) {
    return StoredJson.SORTED.encode(Buffer.buffer(json)).toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"text\"",
        "42",
        "-7",
        "1.5",
        "true",
        "null",
        "{}",
        "[]",
        "{\"a\":{\"b\":[1,2]}}",
        "\"é€😀\""
      })
  void whatIsInStoredFormIsNotTouched(String json) {
    Buffer buffer = Buffer.buffer(json);
    assertThat(StoredJson.PLAIN.encode(buffer)).isSameAs(buffer);
    assertThat(StoredJson.SORTED.encode(buffer)).isSameAs(buffer);
  }

  @Test
  void plainKeepsTheOrderAndTheLetters() {
    assertThat(plain("{ \"z\" : 1 , \"a\" : [ 1.0 , 2 ] }")).isEqualTo("{\"z\":1,\"a\":[1,2]}");
    assertThat(plain("\"<a href=\\\"x\\\">&</a>\"")).isEqualTo("\"<a href=\\\"x\\\">&</a>\"");
    assertThat(plain("\"\\u00e9\\u20ac\\ud83d\\ude00\\/\"")).isEqualTo("\"é€😀/\"");
  }

  @Test
  void sortedSortsAndEscapes() {
    assertThat(sorted("{\"z\":1,\"a\":2,\"m\":{\"y\":1,\"x\":2}}"))
        .isEqualTo("{\"a\":2,\"m\":{\"x\":2,\"y\":1},\"z\":1}");
    assertThat(sorted("{\"b\":1,\"a\":2,\"b\":3}")).isEqualTo("{\"a\":2,\"b\":3}");
    assertThat(sorted("\"<a href=\\\"x\\\">&</a>\""))
        .isEqualTo("\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u003c/a\\u003e\"");
    assertThat(sorted("\"a\u2028b\"")).isEqualTo("\"a\\u2028b\"");
    assertThat(sorted("{\"\ud83d\ude00\":1,\"\uffee\":2}"))
        .isEqualTo("{\"\uffee\":2,\"\ud83d\ude00\":1}");
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1",
    "1e21, 1e+21",
    "1E2, 100",
    "-0, -0",
    "0.0, 0",
    "0.0000001, 1e-7",
    "0.001, 0.001",
    "123456789012345678, 123456789012345680",
    "1.50, 1.5"
  })
  void numbersReadAsGoWritesThem(String json, String stored) {
    String expected =
        json.equals("123456789012345678") ? json : stored; // digits are not thrown away
    assertThat(plain(json)).isEqualTo(expected);
    assertThat(sorted("[" + json + "]")).isEqualTo("[" + expected + "]");
  }

  @Test
  void numbersKeepTheirDigitsWhereDaprdLosesThem() {
    assertThat(sorted("9007199254740993")).isEqualTo("9007199254740993");
    assertThat(plain("1.123456789")).isEqualTo("1.123456789");
    assertThat(plain("1e999")).isEqualTo("1e999");
  }

  @Test
  void controlCharactersAndHalfCharacters() {
    assertThat(plain("\"a\\u0001\\b\\n\"")).isEqualTo("\"a\\u0001\\u0008\\n\"");
    assertThat(sorted("\"a\\u0001\\b\\n\"")).isEqualTo("\"a\\u0001\\b\\n\"");
    assertThat(plain("\"\\ud800x\"")).isEqualTo("\"\ufffdx\"");
  }
}
