package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentSnifferTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'{\"ok\": true}',text/plain; charset=utf-8",
        "'  <html><body>x',text/html; charset=utf-8",
        "'<!-- c -->',text/html; charset=utf-8",
        "'<h1',text/plain; charset=utf-8",
        "'<?xml version',text/xml; charset=utf-8",
        "'%PDF-1.7',application/pdf",
        "'GIF89a..',image/gif"
      })
  void ofText(String content, String type) {
    assertThat(ContentSniffer.typeOf(Buffer.buffer(content))).isEqualTo(type);
  }

  @Test
  void ofBytes() {
    assertThat(type(0x00, 0x01, 0xfe, 0xff)).isEqualTo("application/octet-stream");
    assertThat(type(0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)).isEqualTo("image/png");
    assertThat(type(0x1f, 0x8b, 0x08, 0)).isEqualTo("application/x-gzip");
    assertThat(type('R', 'I', 'F', 'F', 1, 2, 3, 4, 'W', 'A', 'V', 'E')).isEqualTo("audio/wave");
    assertThat(type(0, 0, 0, 16, 'f', 't', 'y', 'p', 'm', 'p', '4', '2', 0, 0, 0, 0))
        .isEqualTo("video/mp4");
  }

  @Test
  void onlyTheBeginningCounts() {
    String text = "a".repeat(600) + "\0";
    assertThat(ContentSniffer.typeOf(Buffer.buffer(text.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("text/plain; charset=utf-8");
  }

  private static String type(int... bytes) {
    Buffer content = Buffer.buffer();
    for (int b : bytes) {
      content.appendByte((byte) b);
    }
    return ContentSniffer.typeOf(content);
  }
}
