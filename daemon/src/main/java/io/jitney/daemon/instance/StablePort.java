package io.jitney.daemon.instance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The internal gRPC port of an app that asks for none: looks random, and is the same at every
 * start, so that peers that remember it find the app again. daprd's formula.
 */
final class StablePort {
  private static final int FIRST = 47300;
  private static final int COUNT = 65535 - FIRST;

  private StablePort() {}

  static int of(String appId, Path folder, long uid, String host) {
    String seed = appId + "|" + folder + "|" + uid + "|" + host;
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(seed.getBytes(UTF_8));
      return FIRST + (Byte.toUnsignedInt(hash[0]) | Byte.toUnsignedInt(hash[1]) << 8) % COUNT;
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
