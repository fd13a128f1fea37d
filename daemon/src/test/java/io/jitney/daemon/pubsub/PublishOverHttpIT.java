package io.jitney.daemon.pubsub;

import io.jitney.daemon.testing.Sidecar;

class PublishOverHttpIT extends PublishApiTests {
  @Override
  PublishClient connect(Sidecar sidecar) {
    return new HttpPublishClient(sidecar);
  }
}
