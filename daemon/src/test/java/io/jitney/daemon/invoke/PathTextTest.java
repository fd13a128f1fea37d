package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTextTest {
  @ParameterizedTest
  @CsvSource({
    "a%20b,a%20b",
    "a%2Fb,a/b",
    "a+b,a+b",
    "a%2Bb,a+b",
    "%C3%A9,%C3%A9",
    "a%5Cb,a%5Cb",
    "a%22b,a%22b",
    "a*b,a*b",
    "a;b=c,a;b=c",
    "a:b@c,a:b@c",
    "$&()!~-_.,$&()!~-_.",
    "%FF%fe,%FF%FE",
    "a%20b!,a%20b%21"
  })
  void anAppSeesTheDecodedAndReparsedPath(String sent, String seen) throws Exception {
    assertThat(PathText.outgoing(PathText.decode(sent))).isEqualTo(seen);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%", "a%b", "%zz", "%2"})
  void aPercentSignThatBeginsNoEscapeIsRefusedInGosWords(String method) {
    assertThatThrownBy(() -> PathText.outgoing(method))
        .isInstanceOf(PathText.InvalidEscape.class)
        .hasMessage("invalid URL escape \"" + method.substring(method.indexOf('%')) + "\"");
  }

  @Test
  void textWithoutEscapesIsNotCopied() throws Exception {
    String path = "orders/17";
    assertThat(PathText.decode(path)).isSameAs(path);
    assertThat(PathText.outgoing(path)).isSameAs(path);
  }
}
