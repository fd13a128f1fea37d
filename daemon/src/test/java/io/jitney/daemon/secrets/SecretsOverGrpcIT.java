package io.jitney.daemon.secrets;

import io.jitney.daemon.testing.Sidecar;

class SecretsOverGrpcIT extends SecretsApiTests {
  @Override
  SecretsClient connect(Sidecar sidecar) {
    return new GrpcSecretsClient(sidecar);
  }
}
