package io.jitney.daemon.gojson;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoSyntaxTest {
  private static @Nullable String decoder(String json) {
    return GoSyntax.decoderError(Buffer.buffer(json));
  }

  private static @Nullable String unmarshal(String json) {
    return GoSyntax.unmarshalError(Buffer.buffer(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        " true ",
        "false",
        "0",
        "-0.5e+10",
        "1E5",
        "\"\"",
        "\"\\u00e9\\n\\/\"",
        "[]",
        "{}",
        "[ 1 , [ ] , { } ]",
        "{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":\"}\"}",
        "\"é\""
      })
  void goodTextsAreGood(String json) {
    assertThat(unmarshal(json)).isNull();
    assertThat(decoder(json)).isNull();
    assertThat(GoSyntax.isJson(Buffer.buffer(json))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = ';',
      value = {
        "{; unexpected EOF",
        "[{\"key\":\"k\",\"value\":}];invalid character '}' looking for beginning of value",
        "x;invalid character 'x' looking for beginning of value",
        "nuxx;invalid character 'x' in literal null (expecting 'l')",
        "tr;unexpected EOF",
        "{b:1};invalid character 'b' looking for beginning of object key string",
        "{\"a\" 1};invalid character '1' after object key",
        "{\"a\":1 \"b\":2};invalid character '\"' after object key:value pair",
        "{\"a\":1,};invalid character '}' looking for beginning of object key string",
        "[1 2];invalid character '2' after array element",
        "[1,];invalid character ']' looking for beginning of value",
        "[01];invalid character '1' after array element",
        "[1.];invalid character ']' after decimal point in numeric literal",
        "[1e];invalid character ']' in exponent of numeric literal",
        "[-];invalid character ']' in numeric literal",
        "\"\\x\";invalid character 'x' in string escape code",
        "\"\\u00g0\";invalid character 'g' in \\u hexadecimal character escape",
        "';invalid character '\\'' looking for beginning of value",
        "é;invalid character 'Ã' looking for beginning of value"
      })
  void brokenTextsAreExplainedAsGoDoes(String json, String problem) {
    assertThat(decoder(json)).isEqualTo(problem);
    assertThat(unmarshal(json))
        .isEqualTo(problem.equals("unexpected EOF") ? "unexpected end of JSON input" : problem);
  }

  @Test
  void controlCharactersEndAString() {
    assertThat(decoder("\"a\nb\"")).isEqualTo("invalid character '\\n' in string literal");
  }

  @Test
  void nothingIsItsOwnCase() {
    assertThat(decoder("")).isEqualTo("EOF");
    assertThat(decoder(" \n")).isEqualTo("EOF");
    assertThat(unmarshal("")).isEqualTo("unexpected end of JSON input");
  }

  @Test
  void aDecoderStopsBehindTheFirstValue() {
    assertThat(decoder("[1] x")).isNull();
    assertThat(decoder("{}x")).isNull();
    assertThat(decoder("1 x")).isNull();
    assertThat(decoder("nullx")).isEqualTo("invalid character 'x' after top-level value");
    assertThat(unmarshal("[1] x")).isEqualTo("invalid character 'x' after top-level value");
  }

  @Test
  void nestingHasALimit() {
    assertThat(unmarshal("[".repeat(1000) + "]".repeat(1000))).isNull();
    assertThat(unmarshal("[".repeat(1001) + "]".repeat(1001))).isEqualTo("exceeded max depth");
    assertThat(unmarshal("[".repeat(4_000_000))).isEqualTo("exceeded max depth");
  }

  @Test
  void whatIsNoUtf8IsNoJsonToEmbed() {
    Buffer broken = Buffer.buffer(new byte[] {'"', (byte) 0xff, '"'});
    assertThat(GoSyntax.unmarshalError(broken)).isNull(); // Go replaces the byte
    assertThat(GoSyntax.isJson(broken)).isFalse();
  }

  @Test
  void bytesOffTheHeapAndPartsOfABufferAreReadAlike() {
    byte[] text = "x[\"\u00e4\", -1.5e3, {\"a\": null}]x".getBytes(StandardCharsets.UTF_8);
    ByteBuf direct = Unpooled.directBuffer().writeBytes(text, 1, text.length - 2);
    ByteBuf part = Unpooled.wrappedBuffer(text).slice(1, text.length - 2);
    try {
      assertThat(GoSyntax.isJson(BufferInternal.buffer(direct))).isTrue();
      assertThat(GoSyntax.isJson(BufferInternal.buffer(part))).isTrue();
      part.setByte(3, 0xff); // the second byte of the letter
      direct.setByte(3, 0xff);
      assertThat(GoSyntax.isJson(BufferInternal.buffer(direct))).isFalse();
      assertThat(GoSyntax.isJson(BufferInternal.buffer(part))).isFalse();
    } finally {
      direct.release();
    }
  }
}
