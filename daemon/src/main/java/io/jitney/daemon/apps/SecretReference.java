package io.jitney.daemon.apps;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.wake.SecretText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** Where a token stands: apps files name secrets, they never hold them. */
public sealed interface SecretReference extends SecretText {
  /** Longer than any token; a file that is longer is not one. */
  int MAX_BYTES = 16 * 1024;

  /**
   * Reads it. Blocks.
   *
   * @param environment the daemon's
   * @throws IOException saying what is missing; never with the secret
   */
  @Override
  String read(Map<String, String> environment) throws IOException;

  /** A variable of the daemon's environment. */
  record Variable(String name) implements SecretReference {
    @Override
    public String read(Map<String, String> environment) throws IOException {
      String value = environment.get(name);
      if (value == null || value.isEmpty()) {
        throw new IOException("the daemon's environment has no " + name);
      }
      return value;
    }
  }

  /** A file; one line end behind the token is not part of it. Read again when it changes. */
  record InFile(Path path) implements SecretReference {
    @Override
    public String read(Map<String, String> environment) throws IOException {
      String value;
      try {
        if (Files.size(path) > MAX_BYTES) {
          throw new IOException(path + " is too long for a token (" + MAX_BYTES + " bytes)");
        }
        value = Files.readString(path, UTF_8);
      } catch (NoSuchFileException missing) {
        throw new IOException("there is no file " + path, missing);
      }
      value = value.endsWith("\r\n") ? value.substring(0, value.length() - 2) : value;
      value = value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
      if (value.isEmpty()) {
        throw new IOException(path + " is empty");
      }
      return value;
    }
  }
}
