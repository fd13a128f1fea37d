package io.jitney.daemon.isolation;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * First in a connection's pipeline: what comes in and goes out is counted, and the time that the
 * loop takes for it, on the account that the connection's last request was on. On the connection's
 * loop.
 */
public final class ConnectionMeter extends ChannelDuplexHandler {
  private static final AttributeKey<ConnectionMeter> METER =
      AttributeKey.valueOf(ConnectionMeter.class, "meter");

  private final Channel channel;
  private final LoopGate gate;
  private final boolean counting;
  private Account account;

  // Until the account is known.
  private final Account nobody;
  private long bytesIn;
  private long bytesOut;

  private @Nullable ReadTurns turns;

  private ConnectionMeter(Channel channel, LoopGate gate, Account nobody, boolean counting) {
    this.channel = channel;
    this.gate = gate;
    this.nobody = nobody;
    this.account = nobody;
    this.counting = counting;
  }

  /**
   * Puts a meter on a connection; a second time does nothing.
   *
   * @param counting whether its bytes count
   */
  static void install(Channel channel, LoopGate gate, Account nobody, boolean counting) {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(ConnectionMeter.class) == null) {
      ConnectionMeter meter = new ConnectionMeter(channel, gate, nobody, counting);
      channel.attr(METER).set(meter);
      pipeline.addFirst(meter);
    }
  }

  /** The connection's meter; null when nothing is measured. */
  public static @Nullable ConnectionMeter of(Channel channel) {
    return channel.attr(METER).get();
  }

  /** The connection's meter; null when nothing is measured. */
  public static @Nullable ConnectionMeter of(HttpConnection connection) {
    return connection instanceof HttpServerConnection known
        ? of(known.channelHandlerContext().channel())
        : null;
  }

  /** What comes on a connection to an app is on this account from now on. */
  public static void serves(Channel channel, Account account) {
    ConnectionMeter meter = of(channel);
    if (meter != null) {
      meter.account = account;
    }
  }

  /**
   * Measures work for the connection that may not come from reading it: what was held back is
   * delivered by tasks of their own.
   */
  public void run(Runnable work) {
    Account outer = gate.begin(account);
    try {
      work.run();
    } finally {
      gate.end(outer);
    }
  }

  /** As {@link #run(Runnable)}; null: just does it. */
  public static void measured(@Nullable ConnectionMeter meter, Runnable work) {
    if (meter == null) {
      work.run();
    } else {
      meter.run(work);
    }
  }

  /** Whether the connection is still there. */
  public boolean isOpen() {
    return channel.isActive();
  }

  /** Whose the connection is. */
  Account account() {
    return account;
  }

  public LoopGate gate() {
    return gate;
  }

  /** Whose the connection is from now on, what the loop is doing for it included. */
  public void account(Account account) {
    if (this.account == account) {
      return;
    }
    if (this.account == nobody) {
      account.usage().bytesIn(bytesIn);
      account.usage().bytesOut(bytesOut);
      bytesIn = 0;
      bytesOut = 0;
    }
    this.account = account;
    gate.become(account);
  }

  /**
   * A call on the connection was refused. When its tenant is refused more often than answering may
   * cost the node, the connection is not read for a moment: then its client waits, instead of
   * others.
   */
  public void refused() {
    long nanos = account.restAfterRefusal(System.nanoTime());
    if (nanos > 0) {
      turns().rest(nanos);
    }
  }

  private ReadTurns turns() {
    return Objects.requireNonNull(turns);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    turns =
        new ReadTurns(
            channel,
            gate,
            this,
            counting,
            new ReadTurns.Reader() {
              @Override
              public void read(Object message) {
                passOn(context, message);
              }

              @Override
              public void complete() {
                channelReadComplete(context);
              }
            });
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    turns().gone();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    turns().close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (counting && message instanceof ByteBuf bytes) {
      int length = bytes.readableBytes();
      if (account == nobody) {
        bytesIn += length;
      } else {
        account.usage().bytesIn(length);
      }
    }
    turns().read(message);
  }

  private void passOn(ChannelHandlerContext context, Object message) {
    Account outer = gate.begin(account);
    try {
      context.fireChannelRead(message);
    } finally {
      gate.end(outer);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    Account outer = gate.begin(account);
    try {
      context.fireChannelReadComplete();
    } finally {
      gate.end(outer);
    }
  }

  /** Netty's HTTP/2 codec asks for more after each read, also when reading was stopped. */
  @Override
  public void read(ChannelHandlerContext context) {
    if (!turns().stopped()) {
      context.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Account outer = gate.begin(account);
    try {
      context.fireChannelWritabilityChanged();
    } finally {
      gate.end(outer);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (counting) {
      long length =
          message instanceof ByteBuf bytes
              ? bytes.readableBytes()
              : message instanceof FileRegion file ? file.count() : 0;
      if (account == nobody) {
        bytesOut += length;
      } else {
        account.usage().bytesOut(length);
      }
    }
    var _ = context.write(message, promise); // it is the promise
  }
}
