package io.jitney.daemon.pubsub;

import io.vertx.core.Future;

/** Is told when pub/sub components of an instance come and go while the instance lives. */
public interface PubSubChanges {
  /** Nobody needs to know. */
  PubSubChanges NONE =
      new PubSubChanges() {
        @Override
        public void opened(OpenPubSub pubSub) {}

        @Override
        public Future<Void> closing(OpenPubSub pubSub) {
          return Future.succeededFuture();
        }
      };

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
}
