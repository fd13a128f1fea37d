package io.jitney.components.pool;

import java.util.Map;
import java.util.TreeMap;

/**
 * Identity of a physical client: two openings share one exactly when their keys are equal.
 *
 * @param type kind of client, {@code redis} for example
 * @param settings every resolved field that decides where and as whom the client connects: address,
 *     database, user, password, TLS material, pool sizing. Values may be secret, so neither they
 *     nor a hash of them is ever printed.
 */
public record PoolKey(String type, Map<String, String> settings) {
  public PoolKey {
    settings = java.util.Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  @Override
  public String toString() {
    return type + settings.keySet();
  }
}
