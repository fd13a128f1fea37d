package io.jitney.tenancy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.jitney.tenancy.InstanceId;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.identity.Caller.ByAddress;
import io.jitney.tenancy.identity.Caller.ByListener;
import io.jitney.tenancy.identity.Caller.ByToken;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of today together, as the daemon chains them. */
class IdentityChainTest {
  private static final TenantId TOKEN_ONLY = new TenantId("prod", "token-only");
  private static final TenantId ADDRESS_ONLY = new TenantId("prod", "address-only");
  private static final TenantId BOTH = new TenantId("prod", "both");
  private static final InstanceId SIDECAR = new InstanceId(new TenantId("prod", "sidecar"), 7);

  private static final String ITS_ADDRESS = "10.0.0.1";
  private static final String ADDRESS_OF_BOTH = "10.0.0.2";
  private static final String ELSEWHERE = "10.9.9.9";

  private final ListenerDirectory listeners = new ListenerDirectory();
  private final TokenDirectory tokens = new TokenDirectory();
  private final AddressDirectory addresses = new AddressDirectory();
  private final IdentityChain chain = new IdentityChain(List.of(listeners, tokens, addresses));

  @BeforeEach
  void someApps() {
    listeners.bind("sidecar-http", SIDECAR);
    addresses.replace(Map.of(ADDRESS_ONLY, List.of(ITS_ADDRESS), BOTH, List.of(ADDRESS_OF_BOTH)));
    tokens.replace(Map.of(TOKEN_ONLY, List.of("t-only"), BOTH, List.of("t-both")));
  }

  private @Nullable Caller from(
      @Nullable String source, @Nullable String token, @Nullable String listener) {
    InetAddress address = source == null ? null : InetAddress.ofLiteral(source);
    return chain.identify(new ConnectionFacts(address, token, listener));
  }

  @Test
  void nobodyByDefault() {
    assertThat(from(ELSEWHERE, null, null)).isNull();
    assertThat(from(null, null, null)).isNull();
    assertThat(from(ELSEWHERE, "", "node")).isNull();
    assertThat(new IdentityChain(List.of()).identify(new ConnectionFacts(null, "t", "l"))).isNull();
  }

  @Test
  void byListenerWhateverElseIsSent() {
    assertThat(from("127.0.0.1", null, "sidecar-http")).isEqualTo(new ByListener(SIDECAR));
    assertThat(from(ITS_ADDRESS, "t-only", "sidecar-http")).isEqualTo(new ByListener(SIDECAR));
    assertThat(new ByListener(SIDECAR).tenant()).isEqualTo(SIDECAR.tenant());
  }

  @Test
  void aListenerThatIsGoneIsNobodys() {
    listeners.unbind("sidecar-http", new InstanceId(TOKEN_ONLY, 1));
    assertThat(from("127.0.0.1", null, "sidecar-http")).isNotNull();

    listeners.unbind("sidecar-http", SIDECAR);

    assertThat(from("127.0.0.1", null, "sidecar-http")).isNull();
    assertThat(listeners.size()).isZero();
  }

  @Test
  void aListenerHasOneOwner() {
    listeners.bind("sidecar-http", SIDECAR);
    assertThatIllegalStateException()
        .isThrownBy(() -> listeners.bind("sidecar-http", new InstanceId(BOTH, 8)))
        .withMessageContaining("prod/sidecar#7");
  }

  @Test
  void byTokenFromAnywhereIfTheAppHasNoAddresses() {
    assertThat(from(ELSEWHERE, "t-only", null)).isEqualTo(new ByToken(TOKEN_ONLY));
    assertThat(from(null, "t-only", null)).isEqualTo(new ByToken(TOKEN_ONLY));
  }

  @Test
  void byAddressAlone() {
    assertThat(from(ITS_ADDRESS, null, null)).isEqualTo(new ByAddress(ADDRESS_ONLY));
    assertThat(from(ITS_ADDRESS, "", null)).isEqualTo(new ByAddress(ADDRESS_ONLY));
  }

  @Test
  void tokenAndAddressThatAgree() {
    assertThat(from(ADDRESS_OF_BOTH, "t-both", null)).isEqualTo(new ByToken(BOTH));
  }

  @Test
  void tokenAndAddressThatContradictEachOther() {
    assertThat(from(ITS_ADDRESS, "t-both", null)).isNull();
    assertThat(from(ELSEWHERE, "t-both", null)).isNull();
    assertThat(from(null, "t-both", null)).isNull();
  }

  @Test
  void theAddressAloneIsNotEnoughForAnAppWithAToken() {
    assertThat(from(ADDRESS_OF_BOTH, null, null)).isNull();
  }

  @Test
  void aTokenThatNobodyHasIsNotForgivenForTheAddress() {
    assertThat(from(ITS_ADDRESS, "outdated", null)).isNull();
    assertThat(from(ADDRESS_OF_BOTH, "outdated", null)).isNull();
  }

  @Test
  void theOrderOfTheRulesDoesNotWeakenTheCrossCheck() {
    IdentityChain reversed = new IdentityChain(List.of(addresses, tokens, listeners));
    InetAddress its = InetAddress.ofLiteral(ITS_ADDRESS);
    InetAddress ofBoth = InetAddress.ofLiteral(ADDRESS_OF_BOTH);

    assertThat(reversed.identify(new ConnectionFacts(its, "t-both", null))).isNull();
    assertThat(reversed.identify(new ConnectionFacts(its, "outdated", null))).isNull();
    assertThat(reversed.identify(new ConnectionFacts(ofBoth, null, null))).isNull();
    assertThat(reversed.identify(new ConnectionFacts(ofBoth, "t-both", null)))
        .isEqualTo(new ByAddress(BOTH));
  }

  @Test
  void aFurtherRuleIsALambda() {
    IdentityRule socket =
        facts -> "socket-of-both".equals(facts.listener()) ? new ByAddress(BOTH) : null;
    IdentityChain longer = new IdentityChain(List.of(socket));

    assertThat(longer.identify(new ConnectionFacts(null, null, "socket-of-both")))
        .isEqualTo(new ByAddress(BOTH));
  }

  @Test
  void factsDoNotPrintTheToken() {
    InetAddress source = InetAddress.ofLiteral(ELSEWHERE);
    assertThat(new ConnectionFacts(source, "t-only", "l").toString())
        .isEqualTo("ConnectionFacts[source=10.9.9.9, token=hidden, listener=l]");
    assertThat(new ConnectionFacts(null, null, null))
        .hasToString("ConnectionFacts[source=none, token=none, listener=none]");
  }
}
