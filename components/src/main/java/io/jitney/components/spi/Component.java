package io.jitney.components.spi;

import io.vertx.core.Future;

/** Anything a Component resource can be opened as. */
public interface Component {
  /**
   * Gives back what was borrowed. Called once; calls in flight may still finish or fail. Never
   * fails for reasons the caller could act on.
   */
  Future<Void> close();
}
