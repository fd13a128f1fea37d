package io.jitney.tenancy.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TokenDirectoryTest {
  private static final TenantId A = new TenantId("prod", "a");
  private static final TenantId B = new TenantId("prod", "b");
  private static final TenantId C = new TenantId("prod", "c");

  private final TokenDirectory tokens = new TokenDirectory();

  @Test
  void aTokenIsItsTenants() {
    assertThat(tokens.replace(Map.of(A, List.of("alpha", "alpha-new"), B, List.of("beta"))))
        .isEmpty();

    assertThat(tokens.owner("alpha")).isEqualTo(A);
    assertThat(tokens.owner("alpha-new")).isEqualTo(A);
    assertThat(tokens.owner("beta")).isEqualTo(B);
  }

  @Test
  void nearlyRightIsWrong() {
    tokens.replace(Map.of(A, List.of("alpha")));

    for (String wrong : List.of("", "alph", "alphaa", "Alpha", "alpha ", " alpha", "älpha")) {
      assertThat(tokens.owner(wrong)).isNull();
    }
  }

  @Test
  void aTokenOfTwoTenantsIsNobodysAndIsNotPrinted() {
    List<String> problems =
        tokens.replace(
            Map.of(A, List.of("shared", "alpha"), B, List.of("shared"), C, List.of("gamma")));

    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst())
        .contains("prod/a", "prod/b", "the same API token")
        .doesNotContain("shared");
    assertThat(tokens.owner("shared")).isNull();
    assertThat(tokens.owner("alpha")).isEqualTo(A);
    assertThat(tokens.owner("gamma")).isEqualTo(C);
    assertThat(tokens.needsToken(B)).isTrue();
  }

  @Test
  void aTokenOfThreeTenantsIsNobodysEither() {
    tokens.replace(Map.of(A, List.of("s"), B, List.of("s"), C, List.of("s")));

    assertThat(tokens.owner("s")).isNull();
  }

  @Test
  void aTenantMayRepeatItsToken() {
    assertThat(tokens.replace(Map.of(A, List.of("alpha", "alpha")))).isEmpty();
    assertThat(tokens.owner("alpha")).isEqualTo(A);
  }

  @Test
  void anEmptyTokenOpensNothingAndIsAskedFor() {
    assertThat(tokens.replace(Map.of(A, List.of(""))))
        .containsExactly("prod/a: an API token is empty");

    assertThat(tokens.owner("")).isNull();
    assertThat(tokens.needsToken(A)).isTrue();
  }

  @Test
  void whoHasNoTokenNeedsNone() {
    tokens.replace(Map.of(A, List.of(), B, List.of("beta")));

    assertThat(tokens.needsToken(A)).isFalse();
    assertThat(tokens.needsToken(B)).isTrue();
    assertThat(tokens.needsToken(C)).isFalse();
  }

  @Test
  void aReplacementIsWhole() {
    tokens.replace(Map.of(A, List.of("alpha")));

    tokens.replace(Map.of(B, List.of("beta")));

    assertThat(tokens.owner("alpha")).isNull();
    assertThat(tokens.needsToken(A)).isFalse();
    assertThat(tokens.owner("beta")).isEqualTo(B);
  }

  @Test
  void readersSeeOneSnapshotOrTheOther() throws Exception {
    Map<TenantId, List<String>> two = new HashMap<>();
    two.put(A, List.of("t"));
    Map<TenantId, List<String>> three = new HashMap<>();
    three.put(B, List.of("t"));
    tokens.replace(two);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writer =
          threads.submit(
              () -> {
                for (int i = 0; i < 500; i++) {
                  tokens.replace(i % 2 == 0 ? three : two);
                }
              });
      Future<?> reader =
          threads.submit(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  assertThat(tokens.owner("t")).isIn(A, B);
                }
              });
      writer.get();
      reader.get();
    }
  }
}
