package io.jitney.components.state.sqlite;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection string as daprd reads it: a path or a {@code file:} URI with query parameters, or an
 * in-memory database.
 *
 * @param uri what SQLite opens; relative paths are already resolved
 * @param inMemory a database without a file; it belongs to one opening alone, whatever its name
 * @param readOnly {@code mode=ro} or {@code immutable=1}
 * @param beginMode how transactions begin: {@code immediate}, {@code deferred} or {@code exclusive}
 * @param pragmas further {@code _pragma} parameters, as written
 */
record DatabaseUri(
    String uri, boolean inMemory, boolean readOnly, String beginMode, List<String> pragmas) {
  /**
   * The parameters that are SQLite's own and safe to pass on; {@code cache} would tie tenants
   * together.
   */
  private static final List<String> PASSED_ON = List.of("mode", "immutable", "nolock", "psow");

  static DatabaseUri parse(String connectionString, Path workingDirectory) {
    int query = connectionString.indexOf('?');
    String location = query > 0 ? connectionString.substring(0, query) : connectionString;
    TreeMap<String, List<String>> parameters = new TreeMap<>();
    if (query > 0) {
      for (String pair : connectionString.substring(query + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
      }
    }
    List<String> pragmas = parameters.getOrDefault("_pragma", List.of());
    for (String forbidden : List.of("busy_timeout", "journal_mode", "foreign_keys")) {
      if (pragmas.stream()
          .anyMatch(pragma -> pragma.toLowerCase(Locale.ROOT).startsWith(forbidden))) {
        throw new ComponentException.Failed(
            "found forbidden option '_pragma=" + forbidden + "' in the connection string");
      }
    }
    String folded = location.toLowerCase(Locale.ROOT);
    boolean inMemory =
        folded.startsWith(":memory:")
            || folded.startsWith("file::memory:")
            || "memory".equals(first(parameters.get("mode")));
    boolean readOnly =
        "ro".equals(first(parameters.get("mode")))
            || "1".equals(first(parameters.get("immutable")));
    return new DatabaseUri(
        inMemory ? ":memory:" : fileUri(location, workingDirectory, parameters),
        inMemory,
        readOnly,
        beginMode(first(parameters.get("_txlock"))),
        List.copyOf(pragmas));
  }

  private static String beginMode(@Nullable String txlock) {
    if (txlock == null) {
      return "immediate";
    }
    String mode = txlock.toLowerCase(Locale.ROOT);
    return switch (mode) {
      case "immediate", "deferred", "exclusive" -> mode;
      default ->
          throw new ComponentException.Failed(
              "failed to ping: unknown _txlock " + GoText.quote(mode));
    };
  }

  private static String fileUri(
      String location, Path workingDirectory, TreeMap<String, List<String>> parameters) {
    String path = location.regionMatches(true, 0, "file:", 0, 5) ? location.substring(5) : location;
    if (!path.startsWith("/")) {
      String folder = workingDirectory.toAbsolutePath().toString();
      path = folder.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "/" + path;
    }
    StringBuilder uri = new StringBuilder("file:").append(path);
    char separator = '?';
    for (String name : PASSED_ON) {
      String value = first(parameters.get(name));
      if (value != null) {
        uri.append(separator).append(name).append('=').append(value.replace("&", "%26"));
        separator = '&';
      }
    }
    return uri.toString();
  }

  private static @Nullable String first(@Nullable List<String> values) {
    return values == null ? null : values.getFirst();
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // Go drops what it can not decode; nothing that matters here holds a broken
      // escape
    }
  }
}
