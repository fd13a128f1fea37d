package io.jitney.daemon.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.dapr.v1.CommonProtos;
import io.dapr.v1.CommonProtos.StateOptions.StateConcurrency;
import io.dapr.v1.DaprStateProtos.DeleteStateRequest;
import io.dapr.v1.DaprStateProtos.ExecuteStateTransactionRequest;
import io.dapr.v1.DaprStateProtos.GetBulkStateRequest;
import io.dapr.v1.DaprStateProtos.GetBulkStateResponse;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import io.dapr.v1.DaprStateProtos.GetStateResponse;
import io.dapr.v1.DaprStateProtos.QueryStateRequest;
import io.dapr.v1.DaprStateProtos.QueryStateResponse;
import io.dapr.v1.DaprStateProtos.SaveStateRequest;
import io.dapr.v1.DaprStateProtos.TransactionalStateOperation;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.Sidecar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state API over gRPC. */
final class GrpcStateClient implements ApiClient {
  private final GrpcApiClient client;

  GrpcStateClient(Sidecar sidecar) {
    client = new GrpcApiClient(sidecar.grpcPort());
  }

  @Override
  public Result save(String store, List<Item> items) {
    SaveStateRequest.Builder request = SaveStateRequest.newBuilder().setStoreName(store);
    items.forEach(item -> request.addStates(state(item)));
    return result(client.dapr("SaveState", request.build(), Empty.parser()));
  }

  @Override
  public Value get(String store, String key) {
    GetStateRequest request = GetStateRequest.newBuilder().setStoreName(store).setKey(key).build();
    GrpcApiClient.Answer<GetStateResponse> answer =
        client.dapr("GetState", request, GetStateResponse.parser());
    GetStateResponse reply = answer.reply();
    return reply == null
        ? new Value(result(answer), null, "", Map.of())
        : new Value(result(answer), text(reply.getData()), reply.getEtag(), reply.getMetadataMap());
  }

  @Override
  public Result delete(String store, String key, @Nullable String etag, String concurrency) {
    DeleteStateRequest.Builder request =
        DeleteStateRequest.newBuilder()
            .setStoreName(store)
            .setKey(key)
            .setOptions(options(concurrency));
    if (etag != null) {
      request.setEtag(CommonProtos.Etag.newBuilder().setValue(etag));
    }
    return result(client.dapr("DeleteState", request.build(), Empty.parser()));
  }

  @Override
  public Values bulkGet(String store, List<String> keys) {
    GetBulkStateRequest request =
        GetBulkStateRequest.newBuilder().setStoreName(store).addAllKeys(keys).build();
    GrpcApiClient.Answer<GetBulkStateResponse> answer =
        client.dapr("GetBulkState", request, GetBulkStateResponse.parser());
    Map<String, Value> values = new HashMap<>();
    List<String> order = new ArrayList<>();
    GetBulkStateResponse reply = answer.reply();
    if (reply != null) {
      reply
          .getItemsList()
          .forEach(
              item -> {
                order.add(item.getKey());
                Result result =
                    new Result(
                        item.getError().isEmpty() ? Outcome.OK : Outcome.FAILED, item.getError());
                values.put(
                    item.getKey(),
                    new Value(result, text(item.getData()), item.getEtag(), item.getMetadataMap()));
              });
    }
    return new Values(result(answer), values, order);
  }

  @Override
  public Result transact(String store, List<Operation> operations) {
    ExecuteStateTransactionRequest.Builder request =
        ExecuteStateTransactionRequest.newBuilder().setStoreName(store);
    operations.forEach(
        operation ->
            request.addOperations(
                TransactionalStateOperation.newBuilder()
                    .setOperationType(operation.type())
                    .setRequest(state(operation.item()))));
    return result(client.dapr("ExecuteStateTransaction", request.build(), Empty.parser()));
  }

  @Override
  public Result query(String store, String query) {
    QueryStateRequest request =
        QueryStateRequest.newBuilder().setStoreName(store).setQuery(query).build();
    return result(client.dapr("QueryStateAlpha1", request, QueryStateResponse.parser()));
  }

  private static CommonProtos.StateItem state(Item item) {
    CommonProtos.StateItem.Builder state =
        CommonProtos.StateItem.newBuilder()
            .setKey(item.key())
            .setValue(ByteString.copyFromUtf8(item.value()))
            .putAllMetadata(item.metadata())
            .setOptions(options(item.concurrency()));
    String etag = item.etag();
    if (etag != null) {
      state.setEtag(CommonProtos.Etag.newBuilder().setValue(etag));
    }
    return state.build();
  }

  private static CommonProtos.StateOptions options(String concurrency) {
    return CommonProtos.StateOptions.newBuilder()
        .setConcurrency(
            concurrency.isEmpty()
                ? StateConcurrency.CONCURRENCY_UNSPECIFIED
                : StateConcurrency.CONCURRENCY_FIRST_WRITE)
        .build();
  }

  private static @Nullable String text(ByteString data) {
    return data.isEmpty() ? null : data.toStringUtf8();
  }

  private static Result result(GrpcApiClient.Answer<?> answer) {
    Outcome outcome =
        switch (answer.status()) {
          case OK -> Outcome.OK;
          case INVALID_ARGUMENT -> Outcome.INVALID;
          case ABORTED -> Outcome.CONFLICT;
          case INTERNAL -> Outcome.FAILED;
          case FAILED_PRECONDITION -> Outcome.NOT_CONFIGURED;
          case UNIMPLEMENTED -> Outcome.UNSUPPORTED;
          default -> throw new AssertionError(answer.status() + ": " + answer.message());
        };
    return new Result(outcome, answer.message());
  }

  @Override
  public void close() {
    client.close();
  }
}
