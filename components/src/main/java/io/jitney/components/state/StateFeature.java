package io.jitney.components.state;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Capabilities of state stores under the names the metadata API shows. */
public enum StateFeature {
  ETAG,
  TRANSACTIONAL,
  QUERY_API,
  TTL,
  DELETE_WITH_PREFIX,
  PARTITION_KEY,
  KEYS_LIKE;

  /** An unmodifiable set in declaration order, which is the order daprd shows. */
  public static Set<StateFeature> set(StateFeature... features) {
    return Collections.unmodifiableSet(EnumSet.copyOf(List.of(features)));
  }
}
