package io.jitney.daemon.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the acceptor of a listening socket. Refuses with a reset, which costs the daemon
 * least; takes a tenant's storm of connections at a pace, so that setting them up does not keep the
 * loops from everybody's calls.
 */
final class DoorHandler extends ChannelInboundHandlerAdapter {
  private static final long PAUSE_MILLIS = 20;

  /** So much of a second's connections may come at once: a storm is set up in small parts. */
  private static final int BURST_MILLIS = 100;

  private final Door door;
  private final double perMilli;
  private final double most;
  private double tokens;
  private long filled = System.nanoTime();
  private @Nullable Future<?> pause;

  DoorHandler(Door door) {
    this.door = door;
    this.perMilli = door.acceptsPerSecond() / 1e3;
    this.most = door.acceptsPerSecond() * BURST_MILLIS / 1e3;
    this.tokens = most;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof Channel child)) {
      ctx.fireChannelRead(message);
      return;
    }
    ConnectionGuard guard = door.letIn(child.remoteAddress());
    if (guard == null) {
      if (child instanceof SocketChannel tcp) {
        tcp.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      child.unsafe().closeForcibly();
    } else {
      child.pipeline().addLast(ConnectionGuard.NAME, guard);
      child.attr(ConnectionGuard.KEY).set(guard);
      child.closeFuture().addListener(closed -> guard.closed());
      ctx.fireChannelRead(message);
    }
    if (most > 0) {
      pace(ctx);
    }
  }

  private void pace(ChannelHandlerContext ctx) {
    long now = System.nanoTime();
    tokens = Math.min(most, tokens + (now - filled) / 1e6 * perMilli) - 1;
    filled = now;
    if (tokens >= 0 || pause != null) {
      return;
    }
    ctx.channel().config().setAutoRead(false);
    pause =
        ctx.executor()
            .schedule(
                () -> {
                  pause = null;
                  ctx.channel().config().setAutoRead(true);
                },
                PAUSE_MILLIS,
                TimeUnit.MILLISECONDS);
  }
}
