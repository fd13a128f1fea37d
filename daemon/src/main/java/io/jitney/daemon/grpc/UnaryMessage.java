package io.jitney.daemon.grpc;

import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.TransportErrors;
import io.netty.buffer.ByteBufInputStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Unpacks a message, never beyond the limit: a few bytes can stand for gigabytes. */
final class UnaryMessage {
  private UnaryMessage() {}

  /** Whether it has to be unpacked, which may be a thousand times as much as it looks. */
  static boolean packed(GrpcMessage message) {
    return message.encoding().equals("gzip");
  }

  /**
   * The plain bytes; throws what ends the call.
   *
   * @param limit of the unpacked message, bytes; 0 or less: none
   */
  static Buffer plain(GrpcMessage message, long limit) {
    if (!packed(message)) {
      return message.payload();
    }
    int most = (int) Math.min(limit > 0 ? limit : Integer.MAX_VALUE - 8, Integer.MAX_VALUE - 8);
    try (GZIPInputStream in =
        new GZIPInputStream(
            new ByteBufInputStream(((BufferInternal) message.payload()).getByteBuf()))) {
      byte[] bytes = in.readNBytes(most);
      if (in.read() >= 0) {
        throw error(GrpcStatus.RESOURCE_EXHAUSTED, TransportErrors.unpackedTooLarge(limit));
      }
      return Buffer.buffer(bytes);
    } catch (IOException broken) {
      throw error(
          GrpcStatus.INTERNAL, "grpc: failed to decompress the received message: " + broken);
    }
  }

  private static RuntimeException error(GrpcStatus status, String text) {
    return DaprError.plain(status.name(), status == GrpcStatus.INTERNAL ? 500 : 429, status, text)
        .exception();
  }
}
