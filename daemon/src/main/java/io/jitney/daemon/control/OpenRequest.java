package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a launcher asks for: the process that daprd would have been.
 *
 * @param argv daprd's flags, without the program's name
 * @param environment the launcher's whole environment, secrets included; of a name given twice the
 *     first counts, as with {@code getenv}
 * @param workingDirectory absolute; relative paths in flags and components mean this folder
 */
public record OpenRequest(
    List<String> argv, Map<String, String> environment, Path workingDirectory) {
  private static final String VERSION = "1";

  public OpenRequest {
    argv = List.copyOf(argv);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    if (!workingDirectory.isAbsolute()) {
      throw new IllegalArgumentException("the working directory must be absolute");
    }
  }

  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    put(bytes, VERSION);
    put(bytes, workingDirectory.toString());
    put(bytes, Integer.toString(argv.size()));
    argv.forEach(argument -> put(bytes, argument));
    put(bytes, Integer.toString(environment.size()));
    environment.forEach((name, value) -> put(bytes, name + "=" + value));
    return bytes.toByteArray();
  }

  private static void put(ByteArrayOutputStream bytes, String text) {
    bytes.writeBytes(text.getBytes(UTF_8));
    bytes.write(0);
  }

  /**
   * Bytes that are no UTF-8 become the replacement character; environment entries without {@code =}
   * are left out.
   */
  static OpenRequest parse(byte[] payload) throws ProtocolException {
    Strings strings = new Strings(payload);
    String version = strings.next();
    if (!version.equals(VERSION)) {
      throw new ProtocolException(
          "protocol version " + version + " where this daemon speaks " + VERSION);
    }
    Path directory;
    try {
      directory = Path.of(strings.next());
    } catch (InvalidPathException e) {
      throw new ProtocolException("the working directory's name cannot be read");
    }
    if (!directory.isAbsolute()) {
      throw new ProtocolException("the working directory is not absolute");
    }
    List<String> argv = strings.list();
    Map<String, String> environment = new LinkedHashMap<>();
    for (String entry : strings.list()) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        environment.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    strings.end();
    return new OpenRequest(argv, environment, directory);
  }

  /** Without the environment, which holds the app's secrets. */
  @Override
  public String toString() {
    return "OpenRequest[argv="
        + argv
        + ", environment of "
        + environment.size()
        + " entries, workingDirectory="
        + workingDirectory
        + "]";
  }

  /** NUL-terminated strings, one after the other. */
  private static final class Strings {
    private final byte[] bytes;
    private int position;

    Strings(byte[] bytes) {
      this.bytes = bytes;
    }

    String next() throws ProtocolException {
      for (int end = position; end < bytes.length; end++) {
        if (bytes[end] == 0) {
          String text = new String(bytes, position, end - position, UTF_8);
          position = end + 1;
          return text;
        }
      }
      throw new ProtocolException("an open request that ends early");
    }

    List<String> list() throws ProtocolException {
      int count;
      try {
        count = Integer.parseInt(next());
      } catch (NumberFormatException e) {
        throw new ProtocolException("an open request with a count that is no number");
      }
      // Each string is at least one byte: no list is made for a count that cannot be true.
      if (count < 0 || count > bytes.length - position) {
        throw new ProtocolException("an open request with an impossible count");
      }
      List<String> list = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        list.add(next());
      }
      return list;
    }

    void end() throws ProtocolException {
      if (position != bytes.length) {
        throw new ProtocolException("an open request with bytes behind its end");
      }
    }
  }
}
