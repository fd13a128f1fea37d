package io.jitney.components.redis;

import io.lettuce.core.protocol.CommandEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes large commands piece by piece, as many in one turn of the loop as do not hold it up, and
 * only while the socket takes them. Small ones pass on to Lettuce's own encoder, in order.
 */
final class PacedEncoder extends ChannelDuplexHandler {
  /** Copying this takes some 20 microseconds. */
  private static final int PIECE = 128 * 1024;

  private static final int PIECES_PER_TURN = 2;

  /** What waits behind a large command: a message, with the parts of it that are not written. */
  private static final class Waiting {
    final Object message;
    final ChannelPromise promise;
    @Nullable ArrayDeque<ByteBuf> parts;

    Waiting(Object message, ChannelPromise promise) {
      this.message = message;
      this.promise = promise;
    }
  }

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private boolean scheduled;

  private PacedEncoder() {}

  /** Takes its place before Lettuce's encoder. */
  static void addTo(Channel channel) {
    ChannelHandlerContext encoder = channel.pipeline().context(CommandEncoder.class);
    if (encoder != null) {
      channel.pipeline().addAfter(encoder.name(), "paced", new PacedEncoder());
    }
  }

  private static boolean isLarge(Object message) {
    return message instanceof RedisCall<?> call && call.bytes() > PIECE;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (waiting.isEmpty() && !isLarge(message)) {
      var _ = context.write(message, promise);
      return;
    }
    waiting.add(new Waiting(message, promise));
    if (waiting.size() == 1) {
      writeSome(context);
    }
  }

  private void writeSome(ChannelHandlerContext context) {
    int pieces = PIECES_PER_TURN;
    boolean written = false;
    for (Waiting next = waiting.peekFirst(); next != null; next = waiting.peekFirst()) {
      if (!isLarge(next.message)) {
        waiting.removeFirst();
        var _ = context.write(next.message, next.promise);
        written = true;
        continue;
      }
      if (!context.channel().isWritable()) {
        break; // channelWritabilityChanged goes on
      }
      if (pieces-- == 0) {
        writeSoon(context);
        break;
      }
      if (writePiece(context, next)) {
        waiting.removeFirst();
      }
      context.flush();
      written = false;
    }
    if (written) {
      context.flush();
    }
  }

  /** Whether that was its last piece. */
  private static boolean writePiece(ChannelHandlerContext context, Waiting large) {
    ArrayDeque<ByteBuf> parts = large.parts;
    if (parts == null) {
      parts = new ArrayDeque<>(parts(context, large.message));
      large.parts = parts;
    }
    ByteBuf piece = context.alloc().ioBuffer(PIECE);
    for (ByteBuf part = parts.peekFirst();
        part != null && piece.writableBytes() > 0;
        part = parts.peekFirst()) {
      piece.writeBytes(part, Math.min(part.readableBytes(), piece.writableBytes()));
      if (!part.isReadable()) {
        parts.removeFirst().release();
      }
    }
    ChannelHandlerContext encoder = context.pipeline().context(CommandEncoder.class);
    ChannelHandlerContext beyond = encoder == null ? context : encoder;
    if (parts.isEmpty()) {
      var _ = beyond.write(piece, large.promise);
      return true;
    }
    var _ = beyond.write(piece, beyond.voidPromise());
    return false;
  }

  private static List<ByteBuf> parts(ChannelHandlerContext context, Object message) {
    return message instanceof RedisCall<?> call ? call.parts(context.alloc(), PIECE) : List.of();
  }

  private void writeSoon(ChannelHandlerContext context) {
    if (!scheduled) {
      scheduled = true;
      context
          .executor()
          .execute(
              () -> {
                scheduled = false;
                writeSome(context);
              });
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable() && !waiting.isEmpty()) {
      writeSoon(context);
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    drop();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  private void drop() {
    for (Waiting left = waiting.pollFirst(); left != null; left = waiting.pollFirst()) {
      if (left.parts != null) {
        left.parts.forEach(ByteBuf::release);
      }
      left.promise.tryFailure(new ClosedChannelException());
    }
  }
}
