package io.jitney.components.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * Private keys in PEM, also in the two shapes that Java does not read: they are put into the one it
 * reads. Pure functions.
 */
public final class PemKey {
  private static final byte[] VERSION = {2, 1, 0};
  private static final byte[] RSA = {
    0x30, 0x0d, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private PemKey() {}

  /**
   * @param algorithm of the key, as its certificate says: {@code RSA}, {@code EC}, {@code EdDSA}
   * @throws IllegalArgumentException for what is no PEM
   */
  public static PrivateKey read(String pem, String algorithm) throws GeneralSecurityException {
    byte[] pkcs8;
    if (pem.contains("-----BEGIN RSA PRIVATE KEY-----")) {
      pkcs8 = pkcs8(RSA, body(pem, "RSA PRIVATE KEY"));
    } else if (pem.contains("-----BEGIN EC PRIVATE KEY-----")) {
      byte[] key = body(pem, "EC PRIVATE KEY");
      pkcs8 = pkcs8(element(0x30, join(EC, curve(key))), key);
    } else {
      pkcs8 = body(pem, "PRIVATE KEY");
    }
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static byte[] body(String pem, String kind) {
    String begin = "-----BEGIN " + kind + "-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END " + kind + "-----");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("no key");
    }
    return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return element(0x30, join(VERSION, algorithm, element(4, key)));
  }

  /** The object id of the curve: in the element {@code [0]} of an EC key. */
  private static byte[] curve(byte[] key) throws GeneralSecurityException {
    for (int i = 0; i + 3 < key.length; i++) {
      boolean parameters = (key[i] & 0xff) == 0xa0 && key[i + 2] == 6;
      int length = key[i + 1] & 0xff;
      if (parameters && i + 2 + length <= key.length && length == (key[i + 3] & 0xff) + 2) {
        byte[] id = new byte[length];
        System.arraycopy(key, i + 2, id, 0, length);
        return id;
      }
    }
    throw new InvalidKeySpecException("no curve");
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
