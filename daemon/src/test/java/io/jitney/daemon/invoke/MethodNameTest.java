package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodNameTest {
  @ParameterizedTest
  @CsvSource({
    "x,x",
    "x/y,x/y",
    "/x//y/../z/,x/z",
    "../../b,b",
    "a/./b,a/b",
    "a/,a",
    "'',''",
    "/,''",
    "..,''",
    ".well-known/a,.well-known/a",
    "a*\"\\b,a*\"\\b"
  })
  void isCleaned(String method, String cleaned) {
    assertThat(MethodName.normalise(method)).isEqualTo(cleaned);
  }

  @ParameterizedTest
  @CsvSource({"a?b,\"a?b\"", "a#b,\"a#b\""})
  void forbiddenCharacters(String method, String quoted) {
    assertThatThrownBy(() -> MethodName.normalise(method))
        .hasMessage(
            "rpc error: code = InvalidArgument desc = invalid method: method contains forbidden character: "
                + quoted);
  }

  @Test
  void controlCharactersAreNamedByTheirByte() {
    assertThatThrownBy(() -> MethodName.normalise("a\0b"))
        .hasMessageEndingWith("method contains forbidden character: \"a\\x00b\"");
    assertThatThrownBy(() -> MethodName.normalise("a\nb"))
        .hasMessageEndingWith("method contains control character at position 1: \"a\\nb\"");
    assertThatThrownBy(() -> MethodName.normalise("é\u007f"))
        .hasMessageEndingWith("method contains control character at position 2: \"é\\x7f\"");
  }
}
