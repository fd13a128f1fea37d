package io.jitney.daemon.state;

import io.jitney.daemon.state.StateEncryption.Undecipherable;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of an encrypted value: {@code base64(nonce, ciphertext, tag)||name}. What daprd
 * crashes on (no name, an unknown name, too few bytes) is an ordinary failure here.
 */
final class SealedValue {
  private static final int NONCE = 12;
  private static final int TAG = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SealedValue() {}

  static Buffer seal(StateEncryption.Key key, Buffer plain) {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    byte[] text = plain.getBytes();
    byte[] sealed = new byte[NONCE + text.length + TAG];
    System.arraycopy(nonce, 0, sealed, 0, NONCE);
    try {
      cipher(Cipher.ENCRYPT_MODE, key, nonce).doFinal(text, 0, text.length, sealed, NONCE);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(
          impossible); // the key was checked when the component was opened
    }
    byte[] name = key.name().getBytes(StandardCharsets.UTF_8);
    byte[] base64 = Base64.getEncoder().encode(sealed);
    return Buffer.buffer(base64.length + 2 + name.length)
        .appendBytes(base64)
        .appendString("||")
        .appendBytes(name);
  }

  static Buffer open(
      Buffer stored, StateEncryption.Key primary, StateEncryption.@Nullable Key secondary)
      throws Undecipherable {
    byte[] bytes = stored.getBytes();
    int bars = lastBars(bytes);
    if (bars < 0) {
      throw new Undecipherable("the value names no encryption key");
    }
    String name = new String(bytes, bars + 2, bytes.length - bars - 2, StandardCharsets.UTF_8);
    byte[] sealed = decode(Arrays.copyOf(bytes, bars));
    if (sealed.length < NONCE + TAG) {
      throw new Undecipherable("the value is too short to be encrypted");
    }
    try {
      Cipher cipher =
          cipher(Cipher.DECRYPT_MODE, key(name, primary, secondary), Arrays.copyOf(sealed, NONCE));
      return Buffer.buffer(cipher.doFinal(sealed, NONCE, sealed.length - NONCE));
    } catch (AEADBadTagException wrong) {
      throw new Undecipherable("cipher: message authentication failed");
    } catch (GeneralSecurityException e) {
      throw new Undecipherable("cipher: " + e.getClass().getSimpleName());
    }
  }

  private static StateEncryption.Key key(
      String name, StateEncryption.Key primary, StateEncryption.@Nullable Key secondary)
      throws Undecipherable {
    if (name.equals(primary.name())) {
      return primary;
    }
    if (secondary != null && name.equals(secondary.name())) {
      return secondary;
    }
    throw new Undecipherable("the value was encrypted with a key that is not of this component");
  }

  private static Cipher cipher(int mode, StateEncryption.Key key, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key.key(), new GCMParameterSpec(TAG * 8, nonce));
    return cipher;
  }

  private static int lastBars(byte[] bytes) {
    for (int at = bytes.length - 2; at >= 0; at--) {
      if (bytes[at] == '|' && bytes[at + 1] == '|') {
        return at;
      }
    }
    return -1;
  }

  private static byte[] decode(byte[] base64) throws Undecipherable {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException bad) {
      throw new Undecipherable("illegal base64 data at input byte " + firstForeign(base64));
    }
  }

  private static int firstForeign(byte[] base64) {
    for (int at = 0; at < base64.length; at++) {
      byte c = base64[at];
      boolean known =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == '/';
      if (!known) {
        return at;
      }
    }
    return base64.length;
  }
}
