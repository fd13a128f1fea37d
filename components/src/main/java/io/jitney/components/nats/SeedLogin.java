package io.jitney.components.nats;

import io.nats.client.AuthHandler;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers a server's challenge with the key of a seed. The JDK signs; the client would need Bouncy
 * Castle for it.
 */
final class SeedLogin implements AuthHandler {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int SEED_PREFIX = 18 << 3;
  private static final int PREFIX_BYTES = 2;
  private static final int KEY_BYTES = 32;
  private static final int CHECK_BYTES = 2;

  private final String jwt;
  private final PrivateKey key;

  SeedLogin(String jwt, String seed) throws GeneralSecurityException {
    this.jwt = jwt;
    byte[] raw = decode(seed.strip());
    if (raw.length != PREFIX_BYTES + KEY_BYTES + CHECK_BYTES || (raw[0] & 0xf8) != SEED_PREFIX) {
      throw new GeneralSecurityException("no seed");
    }
    byte[] secret = Arrays.copyOfRange(raw, PREFIX_BYTES, PREFIX_BYTES + KEY_BYTES);
    key =
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, secret));
  }

  /** Base 32 without padding. */
  static byte[] decode(String text) throws GeneralSecurityException {
    byte[] bytes = new byte[text.length() * 5 / 8];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      int value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) {
        throw new GeneralSecurityException("no base 32");
      }
      buffer = (buffer << 5 | value) & 0xffff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (buffer >> bits);
      }
    }
    return bytes;
  }

  @Override
  public byte @Nullable [] sign(byte[] nonce) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(nonce);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  @Override
  public char @Nullable [] getID() {
    return null;
  }

  @Override
  public char[] getJWT() {
    return jwt.toCharArray();
  }
}
