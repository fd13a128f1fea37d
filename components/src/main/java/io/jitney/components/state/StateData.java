package io.jitney.components.state;

import io.vertx.core.buffer.Buffer;

/**
 * A value on its way into a store. Stores that tell text from bytes (SQLite, PostgreSQL) need to
 * know which it is.
 */
public sealed interface StateData {
  /** The bytes to store where the store keeps both kinds alike. */
  Buffer bytes();

  /**
   * JSON text (compact UTF-8), from an HTTP save or from bytes declared {@code application/json}.
   */
  record Json(Buffer bytes) implements StateData {}

  /** JSON text that is in the store's own form already: {@link StateStore#jsonForm}. */
  record Stored(Buffer bytes) implements StateData {}

  /** Opaque bytes: gRPC values and everything encrypted. */
  record Bytes(Buffer bytes) implements StateData {}
}
