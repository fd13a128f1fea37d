package io.jitney.daemon.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.UnsafeByteOperations;
import io.dapr.v1.CommonProtos;
import io.dapr.v1.CommonProtos.StateOptions.StateConcurrency;
import io.dapr.v1.CommonProtos.StateOptions.StateConsistency;
import io.dapr.v1.DaprStateProtos.BulkStateItem;
import io.dapr.v1.DaprStateProtos.DeleteBulkStateRequest;
import io.dapr.v1.DaprStateProtos.DeleteStateRequest;
import io.dapr.v1.DaprStateProtos.ExecuteStateTransactionRequest;
import io.dapr.v1.DaprStateProtos.GetBulkStateRequest;
import io.dapr.v1.DaprStateProtos.GetBulkStateResponse;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import io.dapr.v1.DaprStateProtos.GetStateResponse;
import io.dapr.v1.DaprStateProtos.QueryStateItem;
import io.dapr.v1.DaprStateProtos.QueryStateRequest;
import io.dapr.v1.DaprStateProtos.QueryStateResponse;
import io.dapr.v1.DaprStateProtos.SaveStateRequest;
import io.dapr.v1.DaprStateProtos.TransactionalStateOperation;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.QueryResult;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.error.DaprErrors;
import io.jitney.daemon.gojson.GoSyntax;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state API over gRPC. Values are bytes; only {@code contentType: application/json} makes them
 * JSON.
 */
public final class StateGrpc {
  private static final String KEY = "state.v1";

  private final StateApi api;

  public StateGrpc(StateApi api) {
    this.api = api;
  }

  public List<GrpcMethod> methods() {
    return List.of(
        GrpcMethod.dapr("GetState", KEY, GetStateRequest.parser(), this::get),
        GrpcMethod.dapr("GetBulkState", KEY, GetBulkStateRequest.parser(), this::bulkGet),
        GrpcMethod.dapr("SaveState", KEY, SaveStateRequest.parser(), this::save),
        GrpcMethod.dapr("DeleteState", KEY, DeleteStateRequest.parser(), this::delete),
        GrpcMethod.dapr("DeleteBulkState", KEY, DeleteBulkStateRequest.parser(), this::bulkDelete),
        GrpcMethod.dapr(
            "ExecuteStateTransaction",
            KEY,
            ExecuteStateTransactionRequest.parser(),
            this::transact),
        GrpcMethod.dapr(
            "QueryStateAlpha1", "state.v1alpha1", QueryStateRequest.parser(), this::query));
  }

  private StateCall begin(GrpcCall call, String store) {
    return api.begin(call.instance(), store, call.context());
  }

  private Future<GetStateResponse> get(GrpcCall call, GetStateRequest request) {
    return api.get(
            begin(call, request.getStoreName()),
            request.getKey(),
            word(request.getConsistency()),
            request.getMetadataMap())
        .map(StateGrpc::reply);
  }

  private static GetStateResponse reply(StateItem item) {
    GetStateResponse.Builder reply = GetStateResponse.newBuilder().setData(bytes(item.data()));
    String etag = item.etag();
    if (etag != null) {
      reply.setEtag(etag);
    }
    return item.metadata().isEmpty()
        ? reply.build()
        : reply.putAllMetadata(item.metadata()).build();
  }

  private Future<GetBulkStateResponse> bulkGet(GrpcCall call, GetBulkStateRequest request) {
    StateCall state = begin(call, request.getStoreName());
    return api.bulkGet(
            state,
            request.getKeysList(),
            request.getParallelism(),
            request.getMetadataMap(),
            call.memory())
        .compose(items -> StateApi.work(state, StateJson.size(items), () -> reply(items)));
  }

  private static GetBulkStateResponse reply(List<BulkItem> items) {
    GetBulkStateResponse.Builder reply = GetBulkStateResponse.newBuilder();
    for (BulkItem item : items) {
      reply.addItems(
          BulkStateItem.newBuilder()
              .setKey(item.key())
              .setData(bytes(item.item().data()))
              .setEtag(text(item.item().etag()))
              .setError(text(item.error()))
              .putAllMetadata(item.item().metadata()));
    }
    return reply.build();
  }

  private Future<Empty> save(GrpcCall call, SaveStateRequest request) {
    StateCall state = begin(call, request.getStoreName());
    return call.instance()
        .account()
        .work(request.getSerializedSize(), () -> items(state, request))
        .compose(items -> api.save(state, items))
        .map(StateGrpc::empty);
  }

  private static List<SetRequest> items(StateCall state, SaveStateRequest request) {
    List<SetRequest> items = new ArrayList<>(request.getStatesCount());
    for (CommonProtos.StateItem item : request.getStatesList()) {
      items.add(request(item, saved(state, item)));
    }
    return items;
  }

  /**
   * JSON when the item says so, unless it is going to be encrypted: then its bytes must not change.
   */
  private static StateData saved(StateCall state, CommonProtos.StateItem item) {
    if (!"application/json".equals(item.getMetadataMap().get("contentType"))) {
      return new StateData.Bytes(buffer(item.getValue()));
    }
    Buffer json = Buffer.buffer(item.getValue().toByteArray());
    String problem = GoSyntax.unmarshalError(json);
    if (problem != null) {
      throw DaprErrors.unexpected(problem).exception();
    }
    return state.binding().encryption() == null
        ? new StateData.Json(json)
        : new StateData.Bytes(json);
  }

  private static SetRequest request(CommonProtos.StateItem item, StateData value) {
    return new SetRequest(
        item.getKey(),
        value,
        item.hasEtag() ? item.getEtag().getValue() : null,
        item.getMetadataMap(),
        options(item.hasOptions(), item.getOptions()));
  }

  private Future<Empty> delete(GrpcCall call, DeleteStateRequest request) {
    DeleteRequest asked =
        new DeleteRequest(
            request.getKey(),
            request.hasEtag() ? request.getEtag().getValue() : null,
            request.getMetadataMap(),
            options(request.hasOptions(), request.getOptions()));
    return api.delete(begin(call, request.getStoreName()), asked).map(StateGrpc::empty);
  }

  private Future<Empty> bulkDelete(GrpcCall call, DeleteBulkStateRequest request) {
    StateCall state = begin(call, request.getStoreName());
    List<DeleteRequest> items = new ArrayList<>(request.getStatesCount());
    for (CommonProtos.StateItem item : request.getStatesList()) {
      items.add(
          new DeleteRequest(
              item.getKey(),
              item.hasEtag() ? item.getEtag().getValue() : null,
              item.getMetadataMap(),
              options(item.hasOptions(), item.getOptions())));
    }
    return api.bulkDelete(state, items).map(StateGrpc::empty);
  }

  private Future<Empty> transact(GrpcCall call, ExecuteStateTransactionRequest request) {
    StateCall state = begin(call, request.getStoreName());
    List<TransactionItem> items = new ArrayList<>(request.getOperationsCount());
    for (TransactionalStateOperation operation : request.getOperationsList()) {
      CommonProtos.StateItem item = operation.getRequest();
      SetRequest asked = request(item, new StateData.Bytes(buffer(item.getValue())));
      items.add(new TransactionItem(operation.getOperationType(), asked, null));
    }
    return api.transact(state, items, request.getMetadataMap(), call.trace()).map(StateGrpc::empty);
  }

  private Future<QueryStateResponse> query(GrpcCall call, QueryStateRequest request) {
    StateCall state = begin(call, request.getStoreName());
    return api.query(state, Buffer.buffer(request.getQuery()), request.getMetadataMap())
        .map(StateGrpc::reply);
  }

  private static QueryStateResponse reply(QueryResult result) {
    QueryStateResponse.Builder reply =
        QueryStateResponse.newBuilder().setToken(result.token()).putAllMetadata(result.metadata());
    for (BulkItem item : result.items()) {
      reply.addResults(
          QueryStateItem.newBuilder()
              .setKey(item.key())
              .setData(bytes(item.item().data()))
              .setEtag(text(item.item().etag()))
              .setError(text(item.error())));
    }
    return reply.build();
  }

  private static StateOptions options(boolean given, CommonProtos.StateOptions options) {
    return given
        ? new StateOptions(word(options.getConcurrency()), word(options.getConsistency()))
        : StateOptions.NONE;
  }

  private static String word(StateConcurrency concurrency) {
    return switch (concurrency) {
      case CONCURRENCY_FIRST_WRITE -> "first-write";
      case CONCURRENCY_LAST_WRITE -> "last-write";
      case CONCURRENCY_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  private static String word(StateConsistency consistency) {
    return switch (consistency) {
      case CONSISTENCY_EVENTUAL -> "eventual";
      case CONSISTENCY_STRONG -> "strong";
      case CONSISTENCY_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  /** Shares the memory of {@code data}, which nobody writes to once it is a value. */
  private static ByteString bytes(@Nullable Buffer data) {
    if (data == null) {
      return ByteString.EMPTY;
    }
    ByteBuf bytes = ((BufferInternal) data).getByteBuf();
    return bytes.hasArray()
        ? UnsafeByteOperations.unsafeWrap(
            bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes())
        : ByteString.copyFrom(data.getBytes());
  }

  /** Shares the memory of {@code bytes}. */
  private static Buffer buffer(ByteString bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.asReadOnlyByteBuffer()));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Empty empty(@Nullable Void done) {
    return Empty.getDefaultInstance();
  }
}
