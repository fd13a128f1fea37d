package io.jitney.loadtest.wire;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/1.1, opened again when it is lost. */
// What fails here ends the connection, and its handler hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpLane implements Lane {
  private static final int CONNECT_MILLIS = 5_000;

  private final Bootstrap bootstrap;
  private final HttpRequests requests;
  private @Nullable Channel channel;
  private @Nullable Channel connecting;
  private @Nullable Consumer<Outcome> done;

  HttpLane(EventLoop loop, int port, HttpRequests requests) {
    this.requests = requests;
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .remoteAddress("127.0.0.1", port)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel opened) {
                    opened.pipeline().addLast(new HttpResponseDecoder(), new Answers());
                  }
                });
  }

  @Override
  public void send(Exchange exchange, Consumer<Outcome> whenDone) {
    done = whenDone;
    Channel open = channel;
    if (open != null && open.isActive()) {
      write(open, exchange);
      return;
    }
    ChannelFuture attempt = bootstrap.connect();
    connecting = attempt.channel();
    attempt.addListener(
        (ChannelFuture connected) -> {
          if (connecting == connected.channel()) {
            connecting = null;
          }
          if (!connected.isSuccess()) {
            if (done == whenDone) {
              end(Outcome.LOST);
            }
          } else if (done != whenDone) {
            connected.channel().close(); // given up meanwhile
          } else {
            channel = connected.channel();
            write(connected.channel(), exchange);
          }
        });
  }

  private void write(Channel open, Exchange exchange) {
    ByteBuf request = requests.next(exchange.index(), exchange.number());
    open.writeAndFlush(request, open.voidPromise());
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
    drop();
  }

  private void drop() {
    Channel open = channel == null ? connecting : channel;
    channel = null;
    connecting = null; // or who gave up goes on asking for a connection
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    abandon();
  }

  /** Answers of one connection. */
  private final class Answers extends SimpleChannelInboundHandler<HttpObject> {
    private int status;
    private boolean last;

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
      if (part.decoderResult().isFailure()) {
        context.close();
        return;
      }
      if (part instanceof HttpResponse response) {
        status = response.status().code();
        last = response.headers().containsValue(HttpHeaderNames.CONNECTION, "close", true);
      }
      if (part instanceof LastHttpContent
          && HttpStatusClass.valueOf(status) != HttpStatusClass.INFORMATIONAL
          && context.channel() == channel) {
        if (last) {
          drop();
        }
        end(Outcome.ofStatus(status));
      }
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
