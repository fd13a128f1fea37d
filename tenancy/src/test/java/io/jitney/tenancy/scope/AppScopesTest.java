package io.jitney.tenancy.scope;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AppScopesTest {

  @Test
  void noListIsForEveryApp() {
    assertThat(AppScopes.of(List.of()).includes("any")).isTrue();
    assertThat(AppScopes.EVERY_APP.includes("any")).isTrue();
  }

  @Test
  void aListIsForItsAppsExactly() {
    AppScopes scopes = AppScopes.of(List.of("cart", "pay", "cart"));

    assertThat(scopes.includes("cart")).isTrue();
    assertThat(scopes.includes("pay")).isTrue();
    assertThat(scopes.includes("Cart")).isFalse();
    assertThat(scopes.includes("car")).isFalse();
    assertThat(scopes.includes("")).isFalse();
  }
}
