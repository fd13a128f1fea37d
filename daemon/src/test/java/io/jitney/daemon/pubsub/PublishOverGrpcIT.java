package io.jitney.daemon.pubsub;

import io.jitney.daemon.testing.Sidecar;

class PublishOverGrpcIT extends PublishApiTests {
  @Override
  PublishClient connect(Sidecar sidecar) {
    return new GrpcPublishClient(sidecar);
  }
}
