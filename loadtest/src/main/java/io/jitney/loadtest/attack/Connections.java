package io.jitney.loadtest.attack;

import io.netty.bootstrap.Bootstrap;
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
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Keeps a number of hostile connections open: each that the other side closes is opened again. */
// What fails here ends the connection, and its handler hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class Connections implements Attacks.Running {
  private static final long PAUSE_MILLIS = 20;

  private final EventLoop loop;
  private final int count;
  private final Tally tally;
  private final Set<Channel> open = new HashSet<>();
  private final Bootstrap bootstrap;
  private boolean stopped;

  /** What a connection does. */
  interface Behaviour {
    /** Before it is connected. */
    default void prepare(SocketChannel channel) {}

    /** A handler for the next connection. */
    ChannelHandler next();
  }

  Connections(EventLoop loop, int port, int count, Tally tally, Behaviour behaviour) {
    this.loop = loop;
    this.count = count;
    this.tally = tally;
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5000)
            .remoteAddress("127.0.0.1", port)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    behaviour.prepare(channel);
                    channel.pipeline().addLast(behaviour.next(), new Watch());
                  }
                });
  }

  @Override
  public void start() {
    for (int i = 0; i < count; i++) {
      connect();
    }
  }

  private void connect() {
    if (stopped) {
      return;
    }
    bootstrap
        .connect()
        .addListener(
            (ChannelFuture connected) -> {
              if (!connected.isSuccess()) {
                tally.add("connections refused", 1);
                later();
              } else if (stopped) {
                connected.channel().close();
              } else {
                tally.add("connections opened", 1);
                open.add(connected.channel());
              }
            });
  }

  private void later() {
    if (!stopped) {
      loop.schedule(this::connect, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void stop() {
    stopped = true;
    Set.copyOf(open).forEach(Channel::close);
  }

  private final class Watch extends ChannelInboundHandlerAdapter {
    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (open.remove(context.channel()) && !stopped) {
        tally.add("connections closed by the daemon", 1);
        later();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
