package io.jitney.loadtest.wire;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * PING to a Redis, past the daemon: what the machine and the store do to a latency, whatever the
 * daemon does.
 */
// What fails here ends the connection, and its handler hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class RedisLane implements Lane {
  private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Bootstrap bootstrap;
  private @Nullable Channel channel;
  private @Nullable Consumer<Outcome> done;

  RedisLane(EventLoop loop, int port) {
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress("127.0.0.1", port);
  }

  @Override
  public void send(Exchange exchange, Consumer<Outcome> whenDone) {
    done = whenDone;
    Channel open = channel;
    if (open != null && open.isActive()) {
      open.writeAndFlush(Unpooled.wrappedBuffer(PING), open.voidPromise());
      return;
    }
    bootstrap
        .clone()
        .handler(new Answers())
        .connect()
        .addListener(
            (ChannelFuture connected) -> {
              if (!connected.isSuccess()) {
                end(Outcome.LOST);
              } else if (done == whenDone) {
                channel = connected.channel();
                connected.channel().writeAndFlush(Unpooled.wrappedBuffer(PING));
              } else {
                connected.channel().close();
              }
            });
  }

  private void end(Outcome outcome) {
    Consumer<Outcome> waiting = done;
    done = null;
    if (waiting != null) {
      waiting.accept(outcome);
    }
  }

  @Override
  public void abandon() {
    done = null;
    Channel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    abandon();
  }

  private final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf answer) {
      end(answer.getByte(answer.readerIndex()) == '+' ? Outcome.OK : Outcome.FAILED);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == channel) {
        channel = null;
        end(Outcome.LOST);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
