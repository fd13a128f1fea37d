package io.jitney.daemon.state;

import io.jitney.components.state.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * A state component as one app instance sees it: the store, and what the runtime (not the store)
 * does to keys and values. Belongs to one instance; nothing here is shared by component name.
 *
 * @param name component name
 * @param keys how keys are prefixed
 * @param encryption null: values are stored as they are
 */
public record StateBinding(
    String name, StateStore store, KeyPrefix keys, @Nullable StateEncryption encryption) {}
