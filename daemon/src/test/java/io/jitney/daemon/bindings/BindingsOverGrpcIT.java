package io.jitney.daemon.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.dapr.v1.DaprBindingsProtos.InvokeBindingRequest;
import io.dapr.v1.DaprBindingsProtos.InvokeBindingResponse;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.vertx.grpc.common.GrpcStatus;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

class BindingsOverGrpcIT extends BindingsApiTests {
  @Override
  BindingsClient connect(Sidecar sidecar) {
    GrpcApiClient grpc = new GrpcApiClient(sidecar.grpcPort());
    return new BindingsClient() {
      @Override
      public Answer invoke(
          String binding, String operation, String json, Map<String, String> metadata) {
        GrpcApiClient.Answer<InvokeBindingResponse> answer =
            grpc.dapr(
                "InvokeBinding",
                InvokeBindingRequest.newBuilder()
                    .setName(binding)
                    .setOperation(operation)
                    .setData(ByteString.copyFromUtf8(json))
                    .putAllMetadata(metadata)
                    .build(),
                InvokeBindingResponse.parser());
        if (answer.status() != GrpcStatus.OK) {
          assertThat(answer.status()).isEqualTo(GrpcStatus.INTERNAL);
          return new Answer(answer.message(), "", Map.of());
        }
        Map<String, String> found = new HashMap<>();
        answer
            .ok()
            .getMetadataMap()
            .forEach((name, value) -> found.put(name.toLowerCase(Locale.ROOT), value));
        return new Answer("", answer.ok().getData().toStringUtf8(), found);
      }

      @Override
      public void close() {
        grpc.close();
      }
    };
  }
}
