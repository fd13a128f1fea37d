package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPrefixTest {
  @ParameterizedTest
  @CsvSource({
    "appid, '', My-App||k",
    "APPID, prod, My-App||k",
    "namespace, prod, prod.My-App||k",
    "Namespace, '', My-App||k",
    "name, prod, Store||k",
    "none, prod, k",
    "NONE, '', k",
    "My-Prefix, prod, my-prefix||k",
    "'', '', ||k"
  })
  void strategies(String strategy, String namespace, String physical) throws KeyPrefix.Illegal {
    KeyPrefix prefix = KeyPrefix.of(strategy, "My-App", namespace, "Store");
    assertThat(prefix.apply("k")).isEqualTo(physical);
    assertThat(KeyPrefix.strip(physical)).isEqualTo("k");
  }

  @Test
  void withoutKeyPrefixItIsTheAppId() {
    assertThat(KeyPrefix.ofAppId("a").apply("k")).isEqualTo("a||k");
  }

  @Test
  void twoBarsAreIllegal() {
    assertThatThrownBy(() -> KeyPrefix.of("A||b", "a", "", "s"))
        .isInstanceOf(KeyPrefix.Illegal.class)
        .hasMessage("input key/keyPrefix 'a||b' can't contain '||'");
    assertThat(KeyPrefix.legal("a|b|")).isTrue();
    assertThat(KeyPrefix.legal("a||")).isFalse();
  }

  @Test
  void aBlankPrefixNeverJoinsNamespaces() throws KeyPrefix.Illegal {
    assertThat(KeyPrefix.of("", "a", "", "s").blank()).isTrue();
    assertThat(KeyPrefix.of("none", "a", "", "s").blank()).isFalse();
    assertThatThrownBy(() -> KeyPrefix.of("", "a", "prod", "s"))
        .hasMessageContaining("namespace prod");
  }

  @Test
  void stripTakesWhatIsBetweenTheFirstBars() {
    assertThat(KeyPrefix.strip("a||T||1||x")).isEqualTo("T");
    assertThat(KeyPrefix.strip("plain")).isEqualTo("plain");
    assertThat(KeyPrefix.strip("a||")).isEmpty();
    assertThat(KeyPrefix.strip("")).isEmpty();
  }
}
