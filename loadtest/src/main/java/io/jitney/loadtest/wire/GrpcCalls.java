package io.jitney.loadtest.wire;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.CommonProtos.StateItem;
import io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest;
import io.dapr.v1.DaprPubsubProtos.PublishEventRequest;
import io.dapr.v1.DaprStateProtos.ExecuteStateTransactionRequest;
import io.dapr.v1.DaprStateProtos.GetBulkStateRequest;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import io.dapr.v1.DaprStateProtos.SaveStateRequest;
import io.dapr.v1.DaprStateProtos.TransactionalStateOperation;
import io.jitney.loadtest.scenario.Call;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** The gRPC requests of a tenant. */
final class GrpcCalls {
  private final String appId;
  private final String store;
  private final List<Call> calls;
  private final List<List<Buffer>> ready = new ArrayList<>();
  private int count;

  GrpcCalls(String appId, String store, List<Call> calls) {
    this.appId = appId;
    this.store = store;
    this.calls = calls;
    for (Call call : calls) {
      List<Buffer> variants = new ArrayList<>();
      boolean repeats = !call.path().contains("{n}") && !call.target().contains("{n}");
      int different =
          call.kind() == Call.Kind.GET || call.kind() == Call.Kind.SET ? call.keys() : 1;
      for (int i = 0; repeats && i < different; i++) {
        variants.add(Buffer.buffer(request(call, i).toByteArray()));
      }
      ready.add(variants);
    }
  }

  static String method(Call call) {
    return switch (call.kind()) {
      case GET -> "GetState";
      case SET -> "SaveState";
      case BULK -> "GetBulkState";
      case TRANSACTION -> "ExecuteStateTransaction";
      case INVOKE -> "InvokeService";
      case PUBLISH, EVENT -> "PublishEvent";
      case PATH -> "GetMetadata";
    };
  }

  Buffer next(int index, long number) {
    List<Buffer> variants = ready.get(index);
    if (number != 0) {
      byte[] bytes = variants.getFirst().getBytes();
      ByteBuf view = Unpooled.wrappedBuffer(bytes);
      EventNumber.write(view, EventNumber.find(view), number);
      return Buffer.buffer(bytes);
    }
    count = (count + 1) & Integer.MAX_VALUE;
    return variants.isEmpty()
        ? Buffer.buffer(request(calls.get(index), count).toByteArray())
        : variants.get(count % variants.size());
  }

  private MessageLite request(Call call, int n) {
    return switch (call.kind()) {
      case GET ->
          GetStateRequest.newBuilder().setStoreName(store).setKey(HttpRequests.key(n)).build();
      case SET ->
          SaveStateRequest.newBuilder()
              .setStoreName(store)
              .addStates(item(HttpRequests.key(n), call.bytes()))
              .build();
      case BULK -> {
        GetBulkStateRequest.Builder bulk =
            GetBulkStateRequest.newBuilder().setStoreName(store).setParallelism(10);
        for (int i = 0; i < call.keys(); i++) {
          bulk.addKeys(HttpRequests.key(i));
        }
        yield bulk.build();
      }
      case TRANSACTION -> {
        ExecuteStateTransactionRequest.Builder transaction =
            ExecuteStateTransactionRequest.newBuilder().setStoreName(store);
        for (int i = 0; i < call.keys(); i++) {
          transaction.addOperations(
              TransactionalStateOperation.newBuilder()
                  .setOperationType("upsert")
                  .setRequest(item("tx-" + n + "-" + i, call.bytes())));
        }
        yield transaction.build();
      }
      case INVOKE -> invoke(call, n);
      case PUBLISH, EVENT ->
          PublishEventRequest.newBuilder()
              .setPubsubName(Topics.COMPONENT)
              .setTopic(Topics.of(appId))
              .setDataContentType("application/json")
              .setData(ByteString.copyFromUtf8(EventNumber.data(call.bytes())))
              .build();
      case PATH -> com.google.protobuf.Empty.getDefaultInstance();
    };
  }

  private InvokeServiceRequest invoke(Call call, int n) {
    String number = Integer.toString(n);
    String path = call.path().replace("{n}", number).substring(1);
    int query = path.indexOf('?');
    String target = call.target().isEmpty() ? appId : call.target().replace("{n}", number);
    return InvokeServiceRequest.newBuilder()
        .setId(target)
        .setMessage(
            InvokeRequest.newBuilder()
                .setMethod(query < 0 ? path : path.substring(0, query))
                .setContentType("application/json")
                .setData(
                    Any.newBuilder()
                        .setValue(ByteString.copyFromUtf8(HttpRequests.value(call.bytes()))))
                .setHttpExtension(
                    HTTPExtension.newBuilder()
                        .setVerb(HTTPExtension.Verb.POST)
                        .setQuerystring(query < 0 ? "" : path.substring(query + 1))))
        .build();
  }

  private static StateItem item(String key, int bytes) {
    String json = "\"" + HttpRequests.value(bytes) + "\"";
    return StateItem.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(json)).build();
  }
}
