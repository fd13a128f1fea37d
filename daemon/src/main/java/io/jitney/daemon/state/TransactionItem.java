package io.jitney.daemon.state;

import io.jitney.components.state.SetRequest;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a transaction as the app wrote it; checked by {@link StateApi}, in order with
 * the others.
 *
 * @param operation {@code upsert} or {@code delete}; anything else is refused
 * @param request with the key as the app names it; a delete ignores the value
 * @param problem what is wrong with the request, in daprd's words; null: nothing
 */
record TransactionItem(String operation, SetRequest request, @Nullable String problem) {}
