package io.jitney.loadtest.attack;

import io.jitney.loadtest.plan.WorkerPlan.AttackPlan;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Slow-loris: half of the connections never end their headers, the other half their body. */
// What fails here ends the connection, and its handler hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class SlowSending implements Connections.Behaviour {
  private static final int PROMISED_BYTES = 1_000_000;

  private final AttackPlan plan;
  private int made;

  SlowSending(AttackPlan plan) {
    this.plan = plan;
  }

  @Override
  public ChannelHandler next() {
    String start =
        made++ % 2 == 0
            ? "GET /v1.0/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
            : "POST /v1.0/state/"
                + plan.store()
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + PROMISED_BYTES
                + "\r\n\r\n[";
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelActive(ChannelHandlerContext context) throws Exception {
        send(context, start);
        drip(context);
        super.channelActive(context);
      }

      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        io.netty.util.ReferenceCountUtil.release(message);
      }
    };
  }

  private void drip(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      send(context, " ");
      context
          .executor()
          .schedule(() -> drip(context), 1000 / plan.bytesPerSecond(), TimeUnit.MILLISECONDS);
    }
  }

  private static void send(ChannelHandlerContext context, String text) {
    context.writeAndFlush(
        Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII)), context.voidPromise());
  }
}
