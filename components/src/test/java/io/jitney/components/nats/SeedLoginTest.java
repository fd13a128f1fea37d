package io.jitney.components.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SeedLoginTest {
  /** A user's key pair as nats-server's tools make them. */
  private static final String SEED = "SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU";

  private static final String PUBLIC = "UCK5N7N66OBOINFXAYC2ACJQYFSOD4VYNU6APEJTAVFZB2SVHLKGEW7L";

  @Test
  void signsChallengesWithTheKeyOfTheSeed() throws GeneralSecurityException {
    byte[] nonce = "challenge".getBytes(StandardCharsets.UTF_8);
    byte[] signed = new SeedLogin("jwt", SEED).sign(nonce);
    byte[] prefix = HexFormat.of().parseHex("302a300506032b6570032100");
    byte[] encoded = new byte[prefix.length + 32];
    System.arraycopy(prefix, 0, encoded, 0, prefix.length);
    System.arraycopy(SeedLogin.decode(PUBLIC), 1, encoded, prefix.length, 32);
    Signature check = Signature.getInstance("Ed25519");
    check.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
    check.update(nonce);

    assertThat(check.verify(signed)).isTrue();
  }

  @Test
  void whatIsNoSeedIsRefusedWithoutQuotingIt() {
    for (String text : new String[] {"", "SU", PUBLIC, SEED.toLowerCase(), SEED + "AAAA"}) {
      assertThatThrownBy(() -> new SeedLogin("jwt", text))
          .isInstanceOf(GeneralSecurityException.class)
          .hasMessageNotContaining("SUAMLK");
    }
  }
}
