package io.jitney.components.secretstores;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.Component;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/**
 * A store of secrets (Dapr's secrets building block). Values never appear in messages of failures.
 */
public interface SecretStore extends Component {
  /** Feature names for the metadata API, {@code MULTIPLE_KEY_VALUES_PER_SECRET} for example. */
  Set<String> features();

  /** One secret, as its keys and values; fails when the store says so for an absent one. */
  Future<Map<String, String>> get(CallContext context, String name, Map<String, String> metadata);

  /** All secrets: name to keys and values. */
  Future<Map<String, Map<String, String>>> bulkGet(
      CallContext context, Map<String, String> metadata);
}
