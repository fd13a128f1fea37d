package io.jitney.daemon.state;

import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoPrint;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The {@code request} of one operation. daprd decodes it in a second step, with another library
 * than the body around it: wrong types are gathered, and only count when the operations before were
 * good.
 */
final class TransactionRequest {
  private String key = "";
  private Buffer value = Buffer.buffer("null");
  private @Nullable String etag;
  private final Map<String, String> metadata = new HashMap<>();
  private String contentType = "";
  private String concurrency = "";
  private String consistency = "";
  private final TreeSet<String> problems = new TreeSet<>();

  /** Reads the current value, whatever it is; the operation's name is left empty. */
  TransactionItem read(GoDecoder in) throws IOException {
    String problem = null;
    if (in.kind().equals("object")) {
      members(in);
      if (!problems.isEmpty()) {
        problem = problems.size() + " error(s) decoding:\n\n* " + String.join("\n* ", problems);
      }
    } else if (!in.isNull()) {
      problem = notAMap("", in);
    }
    StateOptions options =
        concurrency.isEmpty() && consistency.isEmpty()
            ? StateOptions.NONE
            : new StateOptions(concurrency, consistency);
    return new TransactionItem(
        "",
        new SetRequest(key, new StateData.Json(value), etag, metadata, options),
        contentType,
        problem);
  }

  private void members(GoDecoder in) throws IOException {
    for (String name = in.nextMember(); name != null; name = in.nextMember()) {
      switch (name.toLowerCase(Locale.ROOT)) {
        case "key" -> key = string("Key", in);
        case "value" -> value = in.raw();
        case "etag" -> etag = in.isNull() ? null : string("ETag", in);
        case "contenttype" -> contentType = string("ContentType", in);
        case "metadata" -> metadata(in);
        case "options" -> options(in);
        default -> in.skip();
      }
    }
  }

  private void metadata(GoDecoder in) throws IOException {
    if (isMap("Metadata", in)) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        metadata.put(name, string("Metadata[" + name + "]", in));
      }
    }
  }

  private void options(GoDecoder in) throws IOException {
    if (isMap("Options", in)) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        switch (name.toLowerCase(Locale.ROOT)) {
          case "concurrency" -> concurrency = string("Options.Concurrency", in);
          case "consistency" -> consistency = string("Options.Consistency", in);
          default -> in.skip();
        }
      }
    }
  }

  private boolean isMap(String place, GoDecoder in) throws IOException {
    if (in.kind().equals("object")) {
      return true;
    }
    if (!in.isNull()) {
      problems.add(notAMap(place, in));
    }
    return false;
  }

  private String string(String place, GoDecoder in) throws IOException {
    if (in.isNull()) {
      return "";
    }
    if (in.kind().equals("string")) {
      return in.text();
    }
    String type =
        switch (in.kind()) {
          case "number" -> "float64";
          case "bool" -> "bool";
          case "array" -> "[]interface {}";
          default -> "map[string]interface {}";
        };
    problems.add(
        "'"
            + place
            + "' expected type 'string', got unconvertible type '"
            + type
            + "', value: '"
            + GoPrint.value(in.raw())
            + "'");
    return "";
  }

  private static String notAMap(String place, GoDecoder in) throws IOException {
    String kind =
        switch (in.kind()) {
          case "number" -> "float64";
          case "array" -> "slice";
          default -> in.kind();
        };
    in.skip();
    return "'" + place + "' expected a map, got '" + kind + "'";
  }
}
