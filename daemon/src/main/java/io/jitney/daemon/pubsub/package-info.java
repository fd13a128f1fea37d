/**
 * The publish half of pub/sub: {@link io.jitney.daemon.pubsub.PublishApi} decides, the two fronts
 * translate. An {@link io.jitney.daemon.pubsub.OpenPubSub} is a broker as one app instance sees it;
 * what is delivered is the business of another package. Runs on the caller's event loop; brokers
 * answer with futures.
 */
@NullMarked
package io.jitney.daemon.pubsub;

import org.jspecify.annotations.NullMarked;
