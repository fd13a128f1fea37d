package io.jitney.daemon.bindings;

import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoEncode;
import io.jitney.daemon.gojson.GoJsonException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP call.
 *
 * @param data JSON, encoded anew as daprd does; {@code null} where the body has none
 */
record InvokeBody(String operation, Buffer data, Map<String, String> metadata) {
  private static final String FIELD = "Go struct field OutputBindingRequest.";

  private record Raw(String operation, Buffer data, Map<String, String> metadata) {}

  static InvokeBody parse(Buffer body) throws GoJsonException {
    Raw raw = GoDecoder.decode(body, InvokeBody::read);
    return new InvokeBody(raw.operation(), GoEncode.again(raw.data()), raw.metadata());
  }

  private static Raw read(GoDecoder in) throws IOException {
    @Nullable String operation = null;
    Buffer data = Buffer.buffer("null");
    Map<String, String> metadata = Map.of();
    if (in.object("Go value", "http.OutputBindingRequest")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        switch (name.toLowerCase(Locale.ROOT)) {
          case "operation" -> {
            String value = in.string(FIELD + "operation");
            operation = value == null ? operation : value;
          }
          case "data" -> data = in.raw();
          case "metadata" -> metadata = in.strings(FIELD + "metadata", metadata);
          default -> in.skip();
        }
      }
    }
    return new Raw(operation == null ? "" : operation, data, metadata);
  }
}
