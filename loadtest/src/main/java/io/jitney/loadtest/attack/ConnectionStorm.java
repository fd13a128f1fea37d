package io.jitney.loadtest.attack;

import io.jitney.loadtest.plan.WorkerPlan.AttackPlan;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections that come at a rate, ask for one thing or for nothing, and go with a reset. */
// What fails here ends the connection, and its handler hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionStorm implements Attacks.Running {
  private static final int TICK_MILLIS = 5;

  private final EventLoop loop;
  private final AttackPlan plan;
  private final ByteBuf request;
  private final Tally tally;
  private final Set<Channel> open = new HashSet<>();
  private final Bootstrap bootstrap;
  private @Nullable ScheduledFuture<?> ticks;
  private int connecting;
  private long made;
  private double due;

  ConnectionStorm(EventLoop loop, AttackPlan plan, ByteBuf request, Tally tally) {
    this.loop = loop;
    this.plan = plan;
    this.request = request;
    this.tally = tally;
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            // A reset leaves no TIME_WAIT behind: ports would run out before the daemon does.
            .option(ChannelOption.SO_LINGER, 0)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2000)
            .remoteAddress("127.0.0.1", plan.sidecar().httpPort())
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(discard());
                  }
                });
  }

  @Override
  public void start() {
    ticks = loop.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    due = Math.min(due + plan.rate() * TICK_MILLIS / 1000, plan.rate());
    while (due >= 1 && connecting + open.size() < plan.connections()) {
      due--;
      connect(made++ % 2 == 0);
    }
  }

  private void connect(boolean asks) {
    connecting++;
    bootstrap
        .connect()
        .addListener(
            (ChannelFuture connected) -> {
              connecting--;
              if (!connected.isSuccess()) {
                tally.add("connections refused", 1);
                return;
              }
              tally.add("connections opened", 1);
              Channel channel = connected.channel();
              if (asks) {
                channel.writeAndFlush(request.duplicate(), channel.voidPromise());
              }
              open.add(channel);
              loop.schedule(() -> end(channel), plan.holdMillis(), TimeUnit.MILLISECONDS);
            });
  }

  private void end(Channel channel) {
    if (open.remove(channel)) {
      tally.add(channel.isActive() ? "connections reset" : "connections closed by the daemon", 1);
      channel.close();
    }
  }

  @Override
  public void stop() {
    ScheduledFuture<?> running = ticks;
    if (running != null) {
      running.cancel(false);
    }
    Set.copyOf(open).forEach(this::end);
  }

  private static ChannelHandler discard() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
      }
    };
  }
}
