package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenRequestTest {
  @Test
  void isParsedAsItWasEncoded() throws Exception {
    OpenRequest request =
        new OpenRequest(
            List.of("--app-id", "", "--config", "a b\nc"),
            Map.of("A", "1", "EMPTY", "", "EQUALS", "a=b=c", "LINES", "x\ny"),
            Path.of("/tmp/a folder"));

    assertThat(OpenRequest.parse(request.encode())).isEqualTo(request);
  }

  @Test
  void worksWithNothingAtAll() throws Exception {
    OpenRequest request = OpenRequest.parse(bytes("1\0/\0000\0000\0"));

    assertThat(request).isEqualTo(new OpenRequest(List.of(), Map.of(), Path.of("/")));
  }

  @Test
  void firstOfTwoValuesCountsAndEntriesWithoutNameAreLeftOut() throws Exception {
    OpenRequest request = OpenRequest.parse(bytes("1\0/\0000\0004\0A=1\0A=2\0nonsense\0=x\0"));

    assertThat(request.environment()).containsExactly(entry("A", "1"));
  }

  @Test
  void bytesThatAreNoUtf8DoNotBreakIt() throws Exception {
    OpenRequest request = OpenRequest.parse("1\0/\0001\0\u00ff\0000\0".getBytes(ISO_8859_1));

    assertThat(request.argv()).containsExactly("\ufffd");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "2\0/\0000\0000\0",
        "1\0relative\0000\0000\0",
        "1\0/\0-1\0000\0",
        "1\0/\0x\0000\0",
        "1\0/\000999999999\0000\0",
        "1\0/\0002\0a\0000\0",
        "1\0/\0000\0001\0A=1",
        "1\0/\0000\0000\0more\0"
      })
  void whatIsNotWholeIsRefused(String payload) {
    assertThatThrownBy(() -> OpenRequest.parse(bytes(payload)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void textHidesTheEnvironment() {
    OpenRequest request =
        new OpenRequest(List.of("--app-id", "a"), Map.of("TOKEN", "hunter2"), Path.of("/"));

    assertThat(request.toString())
        .contains("--app-id")
        .doesNotContain("hunter2")
        .doesNotContain("TOKEN");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
