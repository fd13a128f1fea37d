package io.jitney.daemon.state;

import io.jitney.components.state.SetRequest;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a transaction as the app wrote it; checked by {@link StateApi}, in order with
 * the others.
 *
 * @param operation {@code upsert} or {@code delete}; anything else is refused
 * @param request with the key as the app names it; a delete ignores the value
 * @param contentType of the value, for the outbox; "" when the request does not say
 * @param problem what is wrong with the request, in daprd's words; null: nothing
 */
record TransactionItem(
    String operation, SetRequest request, String contentType, @Nullable String problem) {
  TransactionItem(String operation, SetRequest request, @Nullable String problem) {
    this(operation, request, "", problem);
  }
}
