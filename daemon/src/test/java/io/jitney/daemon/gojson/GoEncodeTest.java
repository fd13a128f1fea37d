package io.jitney.daemon.gojson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoEncodeTest {
  private static String again(String json) throws GoJsonException {
    return GoEncode.again(Buffer.buffer(json)).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "null | null",
        " [ 1 , 2.50, true ] | [1,2.5,true]",
        "{\"b\":1,\"a\":{},\"A\":[]} | {\"A\":[],\"a\":{},\"b\":1}",
        "{\"a\":1,\"a\":2} | {\"a\":2}",
        "\"é<&>\" | \"é\\u003c\\u0026\\u003e\"",
        "\"\\u2028\\/\\u0001\\b\" | \"\\u2028/\\u0001\\b\"",
        "\"\\ud800x\" | \"\ufffdx\"",
        "\"\\ud83d\\ude00\" | \"\ud83d\ude00\"",
        "12345678901234567890 | 12345678901234567000",
        "100000000000000000000 | 100000000000000000000",
        "1e21 | 1e+21",
        "1.5e300 | 1.5e+300",
        "0.000001 | 0.000001",
        "0.0000001 | 1e-7",
        "-0 | -0",
        "1.0 | 1"
      })
  void asGoDoes(String json, String expected) throws GoJsonException {
    assertThat(again(json)).isEqualTo(expected);
  }

  @Test
  void whatIsNoJson() {
    assertThatThrownBy(() -> again("plain"))
        .hasMessage("invalid character 'p' looking for beginning of value");
    assertThatThrownBy(() -> again("1e999"))
        .hasMessage("json: cannot unmarshal number 1e999 into Go value of type float64");
    assertThat(GoEncode.againOrNull(Buffer.buffer("plain")).toString()).isEqualTo("null");
  }
}
