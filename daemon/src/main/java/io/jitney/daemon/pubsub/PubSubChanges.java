package io.jitney.daemon.pubsub;

import io.vertx.core.Future;
import java.util.List;

/** Is told when pub/sub components of an instance come and go while the instance lives. */
public interface PubSubChanges {
  /** It can be used from now on. Called on the thread that opens components; must not block it. */
  void opened(OpenPubSub pubSub);

  /**
   * It is about to be closed: because its resource is gone or changed, or because the instance
   * ends. Called on any thread.
   *
   * @return done when nothing of it is being delivered any more; waited for 31 seconds at most.
   *     Publishing still works until then.
   */
  Future<Void> closing(OpenPubSub pubSub);

  /** Tells all of them; closing is done when it is for each. */
  static PubSubChanges all(List<PubSubChanges> told) {
    return new PubSubChanges() {
      @Override
      public void opened(OpenPubSub pubSub) {
        told.forEach(one -> one.opened(pubSub));
      }

      @Override
      public Future<Void> closing(OpenPubSub pubSub) {
        return Future.join(told.stream().map(one -> one.closing(pubSub)).toList()).mapEmpty();
      }
    };
  }
}
