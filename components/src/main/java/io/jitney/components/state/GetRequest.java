package io.jitney.components.state;

import java.util.Map;

/**
 * @param key finished key
 * @param consistency {@code eventual}, {@code strong} or empty
 * @param metadata request metadata
 */
public record GetRequest(String key, String consistency, Map<String, String> metadata) {}
