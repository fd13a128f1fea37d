package io.jitney.loadtest.attack;

import io.jitney.loadtest.plan.WorkerPlan.AttackPlan;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Asks again and again in one go, and takes the answers by the byte: what is queued is the
 * daemon's.
 */
// What fails here ends the connection, and its handler hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class SlowReading implements Connections.Behaviour {
  private static final int PIPELINED = 16;
  private static final int READS_PER_SECOND = 10;
  private static final int SMALL_WINDOW = 4096;

  private final ByteBuf request;
  private final int bytesPerSecond;

  SlowReading(ByteBuf request, AttackPlan plan) {
    this.request = request;
    bytesPerSecond = plan.bytesPerSecond();
  }

  @Override
  public void prepare(SocketChannel channel) {
    channel.config().setOption(ChannelOption.SO_RCVBUF, SMALL_WINDOW);
    channel.config().setAutoRead(false);
    channel
        .config()
        .setRecvByteBufAllocator(
            new FixedRecvByteBufAllocator(Math.max(1, bytesPerSecond / READS_PER_SECOND))
                .maxMessagesPerRead(1));
  }

  @Override
  public ChannelHandler next() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelActive(ChannelHandlerContext context) throws Exception {
        for (int i = 0; i < PIPELINED; i++) {
          context.write(request.duplicate());
        }
        context.flush();
        readSome(context);
        super.channelActive(context);
      }

      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        io.netty.util.ReferenceCountUtil.release(message);
      }
    };
  }

  private static void readSome(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      context.read();
      context
          .executor()
          .schedule(() -> readSome(context), 1000 / READS_PER_SECOND, TimeUnit.MILLISECONDS);
    }
  }
}
