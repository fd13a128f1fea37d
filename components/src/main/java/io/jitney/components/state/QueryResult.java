package io.jitney.components.state;

import java.util.List;
import java.util.Map;

/**
 * What a query found.
 *
 * @param items finished keys and values
 * @param token where the next page begins; empty: there is none
 * @param metadata response metadata
 */
public record QueryResult(List<BulkItem> items, String token, Map<String, String> metadata) {}
