package io.jitney.daemon.secrets;

import com.google.protobuf.Message;
import io.dapr.v1.DaprSecretProtos.GetBulkSecretRequest;
import io.dapr.v1.DaprSecretProtos.GetBulkSecretResponse;
import io.dapr.v1.DaprSecretProtos.GetSecretRequest;
import io.dapr.v1.DaprSecretProtos.GetSecretResponse;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

final class GrpcSecretsClient implements SecretsClient {
  private final GrpcApiClient grpc;

  GrpcSecretsClient(Sidecar sidecar) {
    grpc = new GrpcApiClient(sidecar.grpcPort());
  }

  @Override
  public Answer<String> get(String store, String key) {
    GetSecretRequest request =
        GetSecretRequest.newBuilder().setStoreName(store).setKey(key).build();
    return answer(
        grpc.dapr("GetSecret", request, GetSecretResponse.parser()), GetSecretResponse::getDataMap);
  }

  @Override
  public Answer<Map<String, String>> bulkGet(String store) {
    GetBulkSecretRequest request = GetBulkSecretRequest.newBuilder().setStoreName(store).build();
    return answer(
        grpc.dapr("GetBulkSecret", request, GetBulkSecretResponse.parser()),
        reply -> {
          Map<String, Map<String, String>> all = new TreeMap<>();
          reply.getDataMap().forEach((name, secret) -> all.put(name, secret.getSecretsMap()));
          return all;
        });
  }

  private static <R extends Message, T> Answer<T> answer(
      GrpcApiClient.Answer<R> answer, Function<R, Map<String, T>> data) {
    if (answer.status() == GrpcStatus.OK) {
      return new Answer<>(Outcome.OK, "", data.apply(answer.ok()));
    }
    if (answer.details().getDetailsCount() > 0) {
      throw new AssertionError("errors of secrets have no details: " + answer);
    }
    Outcome outcome =
        switch (answer.status()) {
          case FAILED_PRECONDITION -> Outcome.NO_STORES;
          case INVALID_ARGUMENT -> Outcome.UNKNOWN_STORE;
          case PERMISSION_DENIED -> Outcome.DENIED;
          case INTERNAL -> Outcome.FAILED;
          default -> throw new AssertionError(answer);
        };
    return new Answer<>(outcome, answer.message(), Map.of());
  }

  @Override
  public void close() {
    grpc.close();
  }
}
