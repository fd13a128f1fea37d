package io.jitney.components.state;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param key finished key
 * @param value what to store
 * @param etag the version that must be stored now; null: none asked for
 * @param metadata request metadata ({@code ttlInSeconds}, {@code contentType}), exact names
 * @param options concurrency and consistency
 */
public record SetRequest(
    String key,
    StateData value,
    @Nullable String etag,
    Map<String, String> metadata,
    StateOptions options) {}
