package io.jitney.daemon.invoke;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorDetailsProto;
import com.google.rpc.Status;
import io.dapr.v1.CommonProtos.InvokeResponse;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.error.StatusMapping;
import io.jitney.daemon.http.HttpCall;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Writes a gRPC app's answer to an HTTP caller. */
final class GrpcAnswerWriter {
  /** Details of these types are written as JSON; a status with others goes without details. */
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .usingTypeRegistry(
              JsonFormat.TypeRegistry.newBuilder()
                  .add(ErrorDetailsProto.getDescriptor().getMessageTypes())
                  .build());

  private GrpcAnswerWriter() {}

  static Future<Void> write(HttpCall call, GrpcAnswer answer) {
    HttpServerResponse response = call.response();
    ResponseHeaders.grpcToHttp(answer.headers(), response.headers());
    if (!answer.ok()) {
      Buffer body = Buffer.buffer(status(answer));
      response
          .setStatusCode(StatusMapping.toHttp(answer.code()))
          .putHeader("content-type", ContentSniffer.typeOf(body));
      return call.answer(body);
    }
    InvokeResponse reply;
    try {
      reply = parse(answer);
    } catch (InvalidProtocolBufferException broken) {
      return Future.failedFuture(
          new InvokeException(
              InvokeErrors.status("Internal", "grpc: failed to unmarshal the received message")));
    }
    ByteString data = reply.getData().getValue();
    Buffer body = Buffer.buffer(data.toByteArray());
    String type =
        reply.getData().getTypeUrl().isEmpty() ? reply.getContentType() : "application/x-protobuf";
    if (!type.isEmpty()) {
      response.headers().set("content-type", type);
    } else if (body.length() > 0) {
      response.headers().set("content-type", ContentSniffer.typeOf(body));
    }
    response.setStatusCode(200);
    return call.answer(body);
  }

  static InvokeResponse parse(GrpcAnswer answer) throws InvalidProtocolBufferException {
    return InvokeResponse.parseFrom(((BufferInternal) answer.data()).getByteBuf().nioBuffer());
  }

  private static String status(GrpcAnswer answer) {
    Status plain = Status.newBuilder().setCode(answer.code()).setMessage(answer.message()).build();
    Status detailed = details(answer.trailers().get("grpc-status-details-bin"));
    try {
      return JSON.print(
          detailed == null
              ? plain
              : plain.toBuilder().addAllDetails(detailed.getDetailsList()).build());
    } catch (InvalidProtocolBufferException unknownDetails) {
      return withoutDetails(plain);
    }
  }

  private static String withoutDetails(Status plain) {
    try {
      return JSON.print(plain);
    } catch (InvalidProtocolBufferException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static @Nullable Status details(@Nullable String header) {
    if (header == null) {
      return null;
    }
    try {
      return Status.parseFrom(Base64.getDecoder().decode(header));
    } catch (InvalidProtocolBufferException | IllegalArgumentException unreadable) {
      return null;
    }
  }
}
