package io.jitney.tenancy.scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretScopesTest {

  private static SecretScope scope(
      String store, String access, Set<String> allowed, Set<String> denied) {
    return new SecretScope(store, access, allowed, denied);
  }

  private static Set<String> set(String words) {
    return words.equals("-") ? Set.of() : Set.of(words.split(" "));
  }

  @Test
  void aStoreWithoutAScopeIsOpen() {
    SecretScopes scopes = SecretScopes.of(List.of(scope("vault", "deny", Set.of(), Set.of())));

    assertThat(scopes.allows("env", "s")).isTrue();
    assertThat(scopes.allows("Vault", "s")).isTrue();
    assertThat(scopes.allows("vault", "s")).isFalse();
    assertThat(SecretScopes.OPEN.allows("vault", "s")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    // default, allowed, denied, secret, allows
    "'',    -,   -,   s, true",
    "allow, -,   -,   s, true",
    "deny,  -,   -,   s, false",
    "DENY,  -,   -,   s, false",
    "'',    -,   s t, s, false",
    "allow, -,   s,   s, false",
    "allow, -,   t,   s, true",
    "deny,  -,   t,   s, false",
    "deny,  s,   -,   s, true",
    "allow, t,   -,   s, false",
    "allow, s,   s,   s, true",
    "deny,  s,   s,   s, true",
    "deny,  t,   s,   t, true",
    "deny,  S,   -,   s, false",
    "allow, -,   S,   s, true",
  })
  void daprsDecision(String access, String allowed, String denied, String secret, boolean allows) {
    SecretScopes scopes =
        SecretScopes.of(List.of(scope("vault", access, set(allowed), set(denied))));

    assertThat(scopes.allows("vault", secret)).isEqualTo(allows);
  }

  @Test
  void aStoreNamedTwiceIsAProblem() {
    List<SecretScope> twice =
        List.of(scope("vault", "", Set.of(), Set.of()), scope("vault", "deny", Set.of(), Set.of()));

    assertThat(SecretScopes.problems(twice))
        .containsExactly("vault storeName is repeated in secrets configuration");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretScopes.of(twice))
        .withMessage("vault storeName is repeated in secrets configuration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"denied", "Allow it", " deny"})
  void anotherWordForTheDefaultIsAProblem(String word) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretScopes.of(List.of(scope("vault", word, Set.of(), Set.of()))))
        .withMessage("defaultAccess " + word + " can be either allow or deny");
  }

  @Test
  void allProblemsAreFoundAndTheFirstIsTold() {
    List<SecretScope> scopes =
        List.of(scope("vault", "yes", Set.of(), Set.of()), scope("vault", "", Set.of(), Set.of()));

    assertThat(SecretScopes.problems(scopes)).hasSize(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretScopes.of(scopes))
        .withMessageStartingWith("defaultAccess yes");
  }
}
