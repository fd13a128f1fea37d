package io.jitney.daemon.state;

import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoJsonException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The body of an HTTP bulk get.
 *
 * @param parallelism 0 or less: no limit asked for
 */
record BulkGetBody(List<String> keys, Map<String, String> metadata, int parallelism) {
  private static final String FIELD = "Go struct field BulkGetRequest.";

  static BulkGetBody parse(Buffer body) throws GoJsonException {
    return GoDecoder.decode(body, BulkGetBody::read);
  }

  private static BulkGetBody read(GoDecoder in) throws IOException {
    List<String> keys = List.of();
    Map<String, String> metadata = Map.of();
    long parallelism = 0;
    if (in.object("Go value", "http.BulkGetRequest")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        switch (name.toLowerCase(Locale.ROOT)) {
          case "keys" -> keys = keys(in);
          case "metadata" -> metadata = in.strings(FIELD + "metadata", metadata);
          case "parallelism" -> parallelism = in.integer(FIELD + "parallelism");
          default -> in.skip();
        }
      }
    }
    return new BulkGetBody(keys, metadata, Math.clamp(parallelism, 0, Integer.MAX_VALUE));
  }

  private static List<String> keys(GoDecoder in) throws IOException {
    if (!in.array(FIELD + "keys", "[]string")) {
      return List.of();
    }
    List<String> keys = new ArrayList<>();
    while (in.nextElement()) {
      String key = in.string(FIELD + "keys");
      keys.add(key == null ? "" : key);
    }
    return keys;
  }
}
