package io.jitney.daemon.secrets;

import io.dapr.v1.DaprSecretProtos.GetBulkSecretRequest;
import io.dapr.v1.DaprSecretProtos.GetBulkSecretResponse;
import io.dapr.v1.DaprSecretProtos.GetSecretRequest;
import io.dapr.v1.DaprSecretProtos.GetSecretResponse;
import io.dapr.v1.DaprSecretProtos.SecretResponse;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.vertx.core.Future;
import java.util.List;

/** gRPC front of the secrets API. */
public final class SecretsGrpc {
  private static final String ACCESS = "secrets.v1";

  private final SecretsApi api;

  public SecretsGrpc(SecretsApi api) {
    this.api = api;
  }

  public List<GrpcMethod> methods() {
    return List.of(
        GrpcMethod.dapr("GetSecret", ACCESS, GetSecretRequest.parser(), this::get),
        GrpcMethod.dapr("GetBulkSecret", ACCESS, GetBulkSecretRequest.parser(), this::bulk));
  }

  private Future<GetSecretResponse> get(GrpcCall call, GetSecretRequest request) {
    return api.get(
            call.instance(),
            call.context(),
            request.getStoreName(),
            request.getKey(),
            request.getMetadataMap())
        .map(secret -> GetSecretResponse.newBuilder().putAllData(secret).build());
  }

  private Future<GetBulkSecretResponse> bulk(GrpcCall call, GetBulkSecretRequest request) {
    return api.bulkGet(
            call.instance(), call.context(), request.getStoreName(), request.getMetadataMap())
        .map(
            secrets -> {
              GetBulkSecretResponse.Builder response = GetBulkSecretResponse.newBuilder();
              secrets.forEach(
                  (name, values) ->
                      response.putData(
                          name, SecretResponse.newBuilder().putAllSecrets(values).build()));
              return response.build();
            });
  }
}
