package io.jitney.daemon.state;

import io.jitney.components.state.StateData;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keys of an encrypting state component. AES-GCM; the secondary key only decrypts.
 *
 * <p>Stored is {@code base64(nonce, ciphertext, tag)||name of the key}.
 *
 * @param primary key and the name that is appended to what it encrypts
 * @param secondary null: none
 */
public record StateEncryption(Key primary, @Nullable Key secondary) {
  /** A key that can not be used; the message is Go's and holds nothing of the key. */
  public static final class BadKey extends Exception {
    private static final long serialVersionUID = 1L;

    BadKey(String message) {
      super(message, null, false, false);
    }
  }

  /** A stored value that can not be decrypted; the message holds nothing of the value. */
  static final class Undecipherable extends Exception {
    private static final long serialVersionUID = 1L;

    Undecipherable(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Encryption with the keys of {@code primaryEncryptionKey} and {@code secondaryEncryptionKey}
   * (exact names).
   *
   * @param primary null: no encryption, whatever the secondary key is
   * @return null when values are stored as they are
   */
  public static @Nullable StateEncryption of(@Nullable Key primary, @Nullable Key secondary) {
    return primary == null ? null : new StateEncryption(primary, secondary);
  }

  /**
   * What is stored for a value. A JSON string is encrypted without its quotes, as daprd does;
   * nothing else changes.
   */
  StateData encrypt(StateData value) {
    Buffer plain =
        switch (value) {
          case StateData.Json(Buffer json) -> PlainValue.of(json);
          case StateData.Stored(Buffer json) -> PlainValue.of(json);
          case StateData.Bytes(Buffer bytes) -> bytes;
        };
    return new StateData.Bytes(SealedValue.seal(primary, plain));
  }

  /** The value behind what was stored. */
  Buffer decrypt(Buffer stored) throws Undecipherable {
    return SealedValue.open(stored, primary, secondary);
  }

  /** A key and its name (the name of the secret it came from, "" for a literal). */
  public record Key(String name, SecretKey key) {
    /**
     * Reads a key as Dapr's metadata holds it.
     *
     * @param name name of the secret ({@code secretKeyRef.name}), not of the field in it
     * @param hex 16, 24 or 32 bytes as hex digits
     * @throws BadKey with what Go says, which daprd logs as an initialization error
     */
    public static Key ofHex(String name, String hex) throws BadKey {
      boolean digits = hex.chars().allMatch(c -> c < 128 && HexFormat.isHexDigit(c));
      if (!digits) {
        throw new BadKey("encoding/hex: invalid byte");
      }
      if (hex.length() % 2 == 1) {
        throw new BadKey("encoding/hex: odd length hex string");
      }
      byte[] bytes = HexFormat.of().parseHex(hex);
      if (bytes.length != 16 && bytes.length != 24 && bytes.length != 32) {
        throw new BadKey("crypto/aes: invalid key size " + bytes.length);
      }
      return new Key(name, new SecretKeySpec(bytes, "AES"));
    }

    @Override
    public String toString() {
      return "Key[" + name + "]";
    }
  }

  @Override
  public String toString() {
    return "StateEncryption[" + primary + "]";
  }
}
