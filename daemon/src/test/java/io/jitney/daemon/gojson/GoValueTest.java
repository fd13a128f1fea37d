package io.jitney.daemon.gojson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoValueTest {
  private static String encoded(String json) throws GoJsonException {
    return GoValue.parse(Buffer.buffer(json)).encode(0).toString();
  }

  @Test
  void membersAreSortedTheLastOfANameCountsAndNumbersKeepTheirText() throws Exception {
    assertThat(
            encoded(
                " {\"b\":1, \"a\":{\"z\":[1.10,1e3,{}],\"y\":[]}, \"b\":12345678901234567890} "))
        .isEqualTo("{\"a\":{\"y\":[],\"z\":[1.10,1e3,{}]},\"b\":12345678901234567890}");
    assertThat(encoded("{\"\uE000\":1,\"\uD83D\uDE00\":2,\"é\":3}"))
        .isEqualTo("{\"é\":3,\"\uE000\":1,\"\uD83D\uDE00\":2}");
  }

  @Test
  void stringsAreEscapedAsGoDoes() throws Exception {
    assertThat(
            encoded(
                "\"\\u003c\\u00e9\\ud83d\\ude00/ \\ud83d \\u0001\\u007f\\b\\n\\\"\\\\\\u2028&\""))
        .isEqualTo("\"\\u003cé\uD83D\uDE00/ \uFFFD \\u0001\u007f\\b\\n\\\"\\\\\\u2028\\u0026\"");
  }

  @Test
  void bytesThatAreNoTextAreReplacedOneByOne() {
    Buffer bytes =
        Buffer.buffer(
            new byte[] {
              'a',
              (byte) 0xff,
              (byte) 0xfe,
              '<',
              (byte) 0xc3,
              (byte) 0xa9,
              (byte) 0xed,
              (byte) 0xa0,
              (byte) 0x80,
              (byte) 0xf0,
              (byte) 0x9f
            });

    assertThat(new GoValue.Utf8(bytes).encode(0).toString())
        .isEqualTo("\"a\\ufffd\\ufffd\\u003cé\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
    assertThat(new GoValue.Utf8(Buffer.buffer("é€😀")).encode(0).toString()).isEqualTo("\"é€😀\"");
  }

  @Test
  void onlyTheFirstValueIsReadAndItMustBeOne() throws Exception {
    assertThat(encoded("1 2")).isEqualTo("1");
    assertThatThrownBy(() -> encoded("")).hasMessage("EOF");
    assertThatThrownBy(() -> GoValue.parseObject(Buffer.buffer("[1]")))
        .hasMessage("json: cannot unmarshal array into Go value of type map[string]interface {}");
    assertThatThrownBy(() -> GoValue.parseObject(Buffer.buffer("null")))
        .hasMessage("json: cannot unmarshal null into Go value of type map[string]interface {}");
  }

  @ParameterizedTest
  @CsvSource({
    "1.10, 1.1",
    "12345678901234567890, 12345678901234567000",
    "1e3, 1000",
    "-0.0, -0",
    "1e21, 1e+21",
    "0.0000001, 1e-7",
    "123456789, 123456789",
    "1e999, 1e999"
  })
  void numbersMayGoThroughDoubles(String text, String expected) throws Exception {
    GoValue value = GoValue.parse(Buffer.buffer("{\"n\":[" + text + "]}"));

    assertThat(value.throughDoubles().encode(0).toString()).isEqualTo("{\"n\":[" + expected + "]}");
  }

  @Test
  void longTextsGrowTheBuffer() {
    String text = "<é😀&".repeat(10_000);

    assertThat(new GoValue.Text(text).encode(0))
        .isEqualTo(new GoValue.Utf8(Buffer.buffer(text)).encode(0));
  }
}
