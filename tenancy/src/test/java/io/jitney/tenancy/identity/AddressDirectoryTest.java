package io.jitney.tenancy.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.TenantId;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AddressDirectoryTest {
  private static final TenantId A = new TenantId("prod", "a");
  private static final TenantId B = new TenantId("prod", "b");
  private static final TenantId C = new TenantId("prod", "c");

  private final AddressDirectory addresses = new AddressDirectory();

  private @Nullable TenantId owner(String address) {
    return addresses.owner(InetAddress.ofLiteral(address));
  }

  private boolean allows(TenantId tenant, String address) {
    return addresses.allows(tenant, InetAddress.ofLiteral(address));
  }

  @Test
  void anEmptyDirectoryKnowsNobodyAndAllowsAllTokens() {
    assertThat(owner("10.0.0.1")).isNull();
    assertThat(allows(A, "10.0.0.1")).isTrue();
    assertThat(addresses.allows(A, null)).isTrue();
  }

  @Test
  void theLongestPrefixWins() {
    List<String> problems =
        addresses.replace(
            Map.of(A, List.of("10.0.0.0/8"), B, List.of("10.1.0.0/16"), C, List.of("10.1.0.7")));

    assertThat(problems).isEmpty();
    assertThat(owner("10.2.0.1")).isEqualTo(A);
    assertThat(owner("10.1.0.1")).isEqualTo(B);
    assertThat(owner("10.1.0.7")).isEqualTo(C);
    assertThat(owner("11.0.0.1")).isNull();
  }

  @Test
  void bothFamiliesAreApart() {
    addresses.replace(Map.of(A, List.of("::/0"), B, List.of("fd00::/8", "127.0.0.1")));

    assertThat(owner("2001:db8::1")).isEqualTo(A);
    assertThat(owner("fd00::1")).isEqualTo(B);
    assertThat(owner("127.0.0.1")).isEqualTo(B);
    assertThat(owner("127.0.0.2")).isNull();
  }

  @Test
  void anAddressThatTwoClaimIsNobodys() {
    List<String> problems =
        addresses.replace(
            Map.of(A, List.of("10.0.0.0/8"), B, List.of("10.0.0.5"), C, List.of("10.0.0.5/32")));

    assertThat(problems)
        .containsExactly(
            "source address 10.0.0.5/32 is claimed by prod/b and prod/c: it identifies neither");
    // Nor does it fall to the wider range: two apps there say that it is not A.
    assertThat(owner("10.0.0.5")).isNull();
    assertThat(owner("10.0.0.6")).isEqualTo(A);
  }

  @Test
  void oneTenantMayRepeatItself() {
    assertThat(addresses.replace(Map.of(A, List.of("10.0.0.5", "10.0.0.5/32", "10.0.0.0/8"))))
        .isEmpty();
    assertThat(owner("10.0.0.5")).isEqualTo(A);
  }

  @Test
  void aTokenCountsFromAnyOfItsAppsRanges() {
    addresses.replace(Map.of(A, List.of("10.0.0.0/8", "::1"), B, List.of("10.0.0.5")));

    assertThat(allows(A, "10.9.9.9")).isTrue();
    assertThat(allows(A, "10.0.0.5")).isTrue();
    assertThat(allows(A, "::1")).isTrue();
    assertThat(allows(A, "127.0.0.1")).isFalse();
    assertThat(addresses.allows(A, null)).isFalse();
    assertThat(allows(B, "10.0.0.6")).isFalse();
    assertThat(allows(C, "10.0.0.5")).isTrue();
  }

  @Test
  void badTextIsAProblemOfItsTenantAndClosesTheDoor() {
    List<String> problems =
        addresses.replace(Map.of(A, List.of("my-pod", "10.0.0.1"), B, List.of("nonsense")));

    assertThat(problems)
        .containsExactlyInAnyOrder(
            "prod/a: source address \"my-pod\" is neither an IP address nor a CIDR range",
            "prod/b: source address \"nonsense\" is neither an IP address nor a CIDR range");
    assertThat(owner("10.0.0.1")).isEqualTo(A);
    assertThat(allows(B, "10.0.0.2")).isFalse();
  }

  @Test
  void aReplacementIsWhole() {
    addresses.replace(Map.of(A, List.of("10.0.0.1")));

    addresses.replace(Map.of(B, List.of("10.0.0.2"), C, List.of()));

    assertThat(owner("10.0.0.1")).isNull();
    assertThat(owner("10.0.0.2")).isEqualTo(B);
    assertThat(allows(A, "10.0.0.9")).isTrue();
    assertThat(allows(C, "10.0.0.9")).isTrue();
  }
}
