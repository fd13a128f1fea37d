package io.jitney.daemon.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.dapr.v1.DaprStateProtos.GetStateRequest;
import io.dapr.v1.DaprStateProtos.GetStateResponse;
import io.vertx.grpc.common.GrpcStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HarnessTest {
  @RegisterExtension static final DaemonExtension daemon = DaemonExtension.inProcess();

  @Test
  void sidecarsOfOneDaemonAreReachedOnPortsOfTheirOwn() {
    Sidecar one = daemon.open(SidecarSpec.app("one"));
    Sidecar two = daemon.open(SidecarSpec.app("two"));
    assertThat(one.httpPort()).isNotEqualTo(two.httpPort());
    assertThat(one.http().get("/v1.0/healthz?appid=one").status()).isEqualTo(204);
    assertThat(one.http().get("/v1.0/healthz?appid=two").status()).isEqualTo(500);
    assertThat(two.http().get("/v1.0/healthz?appid=two").status()).isEqualTo(204);
  }

  @Test
  void grpcErrorsReachTheClientWithTheirText() {
    Sidecar one = daemon.open(SidecarSpec.app("one"));
    try (GrpcApiClient client = new GrpcApiClient(one.grpcPort())) {
      var answer =
          client.dapr(
              "NoSuchMethod", GetStateRequest.getDefaultInstance(), GetStateResponse.parser());
      assertThat(answer.status()).isEqualTo(GrpcStatus.UNKNOWN);
      assertThat(answer.message()).contains("failed to proxy request");
    }
  }
}
