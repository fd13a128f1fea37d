package io.jitney.daemon.wake;

import java.io.IOException;
import java.util.Map;

/** A text that may be secret and is read when it is needed. */
public interface SecretText {
  /**
   * Reads it. Blocks.
   *
   * @param environment the daemon's
   * @throws IOException saying what is missing; never with the secret
   */
  String read(Map<String, String> environment) throws IOException;

  /** One that is no secret. */
  record Plain(String text) implements SecretText {
    @Override
    public String read(Map<String, String> environment) {
      return text;
    }
  }
}
