package io.jitney.daemon.apps;

import io.jitney.daemon.files.Fields;
import io.jitney.daemon.wake.SecretText;
import io.jitney.daemon.wake.WakeRule;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code spec.scaleToZero} of an App. Problems go to the fields' listener. */
final class WakeReader {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final int LONGEST_SECONDS = 600;

  private final Path file;
  private final Path folder;

  WakeReader(Path file, Path folder) {
    this.file = file;
    this.folder = folder;
  }

  @Nullable WakeRule read(@Nullable Fields fields) {
    if (fields == null) {
      return null;
    }
    Fields command = fields.object("command");
    Fields http = fields.object("http");
    if (command != null && http != null) {
      fields.problem("http", "and command: one of them wakes the app");
    }
    boolean onInvoke = truth(fields, "onInvoke");
    int start = fields.integer("startSeconds", 1, 3600, 60);
    int cooldown = fields.integer("cooldownSeconds", 1, 3600, 10);
    int attempts = fields.integer("attempts", 1, 1000, 5);
    WakeRule.Hook program = command == null ? null : command(command);
    WakeRule.Hook request = http == null ? null : request(http);
    WakeRule.Hook hook = program == null ? request : program;
    fields.rejectOthers();
    return new WakeRule(hook, onInvoke, start, cooldown, attempts, file);
  }

  private static boolean truth(Fields fields, String name) {
    String text = fields.text(name);
    if (text != null && !text.equals("true") && !text.equals("false")) {
      fields.problem(name, "must be true or false");
    }
    return "true".equals(text);
  }

  private WakeRule.@Nullable Command command(Fields fields) {
    List<String> argv = fields.texts("argv");
    List<String> environment = fields.texts("env");
    String where = fields.text("workingDirectory");
    int timeout = fields.integer("timeoutSeconds", 1, LONGEST_SECONDS, 30);
    fields.rejectOthers();
    if (argv == null || argv.isEmpty()) {
      fields.problem(
          "argv", "is missing: the program and its arguments, a list; there is no shell");
      return null;
    }
    String program = argv.getFirst();
    if (!program.startsWith("/") && !program.startsWith("./") && !program.startsWith("../")) {
      fields.problem(
          "argv[0]", "must be a path that begins with /, ./ or ../: no PATH is searched");
      return null;
    }
    List<String> names = environment == null ? List.of() : List.copyOf(environment);
    for (int i = 0; i < names.size(); i++) {
      if (!VARIABLE.matcher(names.get(i)).matches()) {
        fields.problem("env[" + i + "]", "is not the name of a variable of the daemon");
      }
    }
    List<String> resolved = new ArrayList<>(argv);
    resolved.set(0, folder.resolve(program).normalize().toString());
    return new WakeRule.Command(
        List.copyOf(resolved),
        names,
        where == null ? folder : folder.resolve(where).normalize(),
        timeout);
  }

  private WakeRule.@Nullable Request request(Fields fields) {
    String url = fields.text("url");
    String method = fields.text("method");
    String caFile = fields.text("caFile");
    int timeout = fields.integer("timeoutSeconds", 1, LONGEST_SECONDS, 10);
    Map<String, SecretText> headers = headers(fields.object("headers"));
    fields.rejectOthers();
    String verb = method == null ? "POST" : method.toUpperCase(Locale.ROOT);
    if (!METHODS.contains(verb)) {
      fields.problem(
          "method", "must be one of " + String.join(", ", METHODS.stream().sorted().toList()));
    }
    if (url == null || !isUrl(url)) {
      fields.problem("url", "must be an http or https URL");
      return null;
    }
    return new WakeRule.Request(
        url, verb, headers, caFile == null ? null : folder.resolve(caFile).normalize(), timeout);
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /** A text, or where a secret stands: {@code {env: NAME}} or {@code {file: PATH}}. */
  private Map<String, SecretText> headers(@Nullable Fields fields) {
    Map<String, SecretText> headers = new LinkedHashMap<>();
    if (fields == null) {
      return headers;
    }
    for (String name : fields.names()) {
      if (!HEADER.matcher(name).matches()) {
        fields.problem(name, "is not the name of a header");
      } else if (fields.raw(name) instanceof Map) {
        SecretReference secret = AppReader.secret(fields.object(name), folder);
        if (secret != null) {
          headers.put(name, secret);
        }
      } else {
        String text = fields.text(name);
        if (text != null) {
          headers.put(name, new SecretText.Plain(text));
        }
      }
    }
    fields.rejectOthers();
    return Map.copyOf(headers);
  }
}
