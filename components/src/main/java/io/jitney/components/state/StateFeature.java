package io.jitney.components.state;

/** Capabilities of state stores under the names the metadata API shows. */
public enum StateFeature {
  ETAG,
  TRANSACTIONAL,
  QUERY_API,
  TTL,
  DELETE_WITH_PREFIX,
  PARTITION_KEY,
  KEYS_LIKE
}
