package io.jitney.daemon.bindings;

import io.jitney.components.bindings.BindingResponse;
import io.jitney.daemon.error.DaprError;
import org.jspecify.annotations.Nullable;

/**
 * What became of a call: metadata may come with an error too.
 *
 * @param error null when it went well
 */
record BindingAnswer(BindingResponse response, @Nullable DaprError error) {
  static BindingAnswer failed(DaprError error) {
    return new BindingAnswer(BindingResponse.NONE, error);
  }
}
