package io.jitney.components.bindings;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an output binding answers.
 *
 * @param data null where daprd's binding returns no response at all (HTTP 204)
 * @param metadata response metadata; unmodifiable
 */
public record BindingResponse(@Nullable Buffer data, Map<String, String> metadata) {
  /** No response. */
  public static final BindingResponse NONE = new BindingResponse(null, Map.of());

  @Override
  public String toString() {
    return "BindingResponse[" + (data == null ? "none" : data.length() + " bytes") + "]";
  }
}
