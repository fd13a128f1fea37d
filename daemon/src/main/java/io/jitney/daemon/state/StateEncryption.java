package io.jitney.daemon.state;

import org.jspecify.annotations.Nullable;

/**
 * Keys of an encrypting state component. AES-GCM; the secondary key only decrypts.
 *
 * @param primary key and the name that is appended to what it encrypts
 * @param secondary null: none
 */
public record StateEncryption(Key primary, @Nullable Key secondary) {
  /** A key and its name (the name of the secret it came from). */
  public record Key(String name, javax.crypto.SecretKey key) {
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
