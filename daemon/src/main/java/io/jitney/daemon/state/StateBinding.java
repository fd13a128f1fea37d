package io.jitney.daemon.state;

import io.jitney.components.state.StateStore;
import io.jitney.daemon.outbox.OutboxSettings;
import org.jspecify.annotations.Nullable;

/**
 * A state component as one app instance sees it: the store, and what the runtime (not the store)
 * does to keys and values. Belongs to one instance; nothing here is shared by component name.
 *
 * @param name component name
 * @param keys how keys are prefixed
 * @param encryption null: values are stored as they are
 * @param outbox what is published of its transactions; null: nothing
 */
public record StateBinding(
    String name,
    StateStore store,
    KeyPrefix keys,
    @Nullable StateEncryption encryption,
    @Nullable OutboxSettings outbox) {
  /** A component without an outbox. */
  public StateBinding(
      String name, StateStore store, KeyPrefix keys, @Nullable StateEncryption encryption) {
    this(name, store, keys, encryption, null);
  }
}
