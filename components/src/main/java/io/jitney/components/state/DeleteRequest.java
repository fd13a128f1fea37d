package io.jitney.components.state;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param key finished key
 * @param etag the version that must be stored now; null: none asked for
 * @param metadata request metadata
 * @param options concurrency and consistency
 */
public record DeleteRequest(
    String key, @Nullable String etag, Map<String, String> metadata, StateOptions options) {}
