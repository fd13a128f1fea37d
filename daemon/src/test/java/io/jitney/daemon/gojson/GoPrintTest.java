package io.jitney.daemon.gojson;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoPrintTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "5;5",
        "-1.5;-1.5",
        "0;0",
        "100000;100000",
        "1000000;1e+06",
        "123456789;1.23456789e+08",
        "0.00001;1e-05",
        "0.0001;0.0001",
        "true;true",
        "null;<nil>",
        "\"a b\";a b",
        "[1,\"x\",null];[1 x <nil>]",
        "{\"b\":1,\"a\":{}};map[a:map[] b:1]"
      })
  void printsAsGo(String json, String printed) throws IOException {
    assertThat(GoPrint.value(Buffer.buffer(json))).isEqualTo(printed);
  }
}
