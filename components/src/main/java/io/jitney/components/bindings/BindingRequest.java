package io.jitney.components.bindings;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * One call of an output binding.
 *
 * @param operation {@code create} for example
 * @param data the request's bytes; not to be changed
 * @param metadata request metadata; unmodifiable
 */
public record BindingRequest(String operation, Buffer data, Map<String, String> metadata) {
  @Override
  public String toString() {
    return "BindingRequest[" + operation + ", " + data.length() + " bytes]";
  }
}
