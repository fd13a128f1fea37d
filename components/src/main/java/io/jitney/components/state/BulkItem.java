package io.jitney.components.state;

import org.jspecify.annotations.Nullable;

/**
 * One answer of a bulk read.
 *
 * @param key the key as asked for
 * @param item the value; absent when {@code error} is set
 * @param error text of the failure of this key alone; null when it was read
 */
public record BulkItem(String key, StateItem item, @Nullable String error) {}
