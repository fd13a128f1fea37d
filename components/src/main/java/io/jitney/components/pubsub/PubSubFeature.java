package io.jitney.components.pubsub;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Capabilities of pub/sub components under the names the metadata API shows. */
public enum PubSubFeature {
  /** The broker lets messages expire; without it the runtime writes {@code expiration}. */
  MESSAGE_TTL,
  /** A topic to subscribe to may be a pattern. */
  SUBSCRIBE_WILDCARDS,
  /** Takes many messages in one call, see {@link PubSub.BulkPublisher}. */
  BULK_PUBSUB,
  /** Hands over batches as they come; the runtime does not wait to fill one. */
  BULK_SUBSCRIBE_IMMEDIATE;

  /** An unmodifiable set in declaration order, which is the order daprd shows. */
  public static Set<PubSubFeature> set(PubSubFeature... features) {
    return features.length == 0
        ? Set.of()
        : Collections.unmodifiableSet(EnumSet.copyOf(List.of(features)));
  }
}
