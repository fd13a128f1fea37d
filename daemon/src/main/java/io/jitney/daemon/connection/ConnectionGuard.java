package io.jitney.daemon.connection;

import io.jitney.tenancy.connection.ConnectionEnd;
import io.jitney.tenancy.connection.TenantConnections;
import io.jitney.tenancy.memory.MemoryLease;
import io.jitney.tenancy.memory.MemoryLedger;
import io.jitney.tenancy.memory.Rung;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one client connection, from the front of its pipeline: deadlines for heads,
 * keepalive of gRPC, floods of HTTP/2, slow readers, and the bytes that wait for a slow reader.
 *
 * <p>On the connection's loop, from its first byte on.
 */
public final class ConnectionGuard extends ChannelDuplexHandler {
  static final String NAME = "guard";
  static final AttributeKey<ConnectionGuard> KEY =
      AttributeKey.valueOf(ConnectionGuard.class, "guard");

  private static final long ENHANCE_YOUR_CALM = 11;
  private static final long CANCEL = 8;
  private static final int SMALL_WINDOW = 16 * 1024;
  private static final int USUAL_WINDOW = 65_535;
  private static final long IDLE_UNDER_PRESSURE_MILLIS = 10_000;

  /** For a client to read the last thing that it was told. */
  private static final long LAST_WORD_MILLIS = 1_000;

  private enum Protocol {
    UNKNOWN,
    HTTP1,
    HTTP2
  }

  /** What the loop's sweep looks at. */
  private final class Watch extends Swept {
    @Override
    protected void sweep(long now) {
      look(now);
    }
  }

  private final Connections node;
  private final Door.Kind kind;
  private final Object source;
  private final Consumer<Channel> opened;
  private final Watch watch = new Watch();
  private @Nullable TenantConnections tenant;
  private @Nullable MemoryLedger ledger;
  private @Nullable MemoryLease outbound;
  private @Nullable ChannelHandlerContext context;
  private @Nullable LoopSweep sweep;
  private @Nullable HttpConnection connection;
  private Protocol protocol = Protocol.UNKNOWN;
  private FrameScan scan = new FrameScan();
  private boolean ended;
  private boolean closed;
  private long closeAt;
  private long acceptedAt;
  private long lastRead;

  /** Since when the head of a request is awaited; 0: none is. */
  private long headSince;

  /** The request of HTTP/1.1 that is under way; null: none. */
  private @Nullable HttpServerRequest current;

  /** Whether something of the next request came before the present answer was given. */
  private boolean early;

  private long written;
  private long pending;
  private long drainSince;
  private long drainMark;
  private boolean smallWindow;

  private final GrpcKeepalive alive = new GrpcKeepalive();

  ConnectionGuard(
      Connections node,
      Door.Kind kind,
      @Nullable TenantConnections tenant,
      @Nullable MemoryLedger ledger,
      Object source,
      Consumer<Channel> opened) {
    this.node = node;
    this.kind = kind;
    this.tenant = tenant;
    this.ledger = ledger;
    this.source = source;
    this.opened = opened;
  }

  /** The guard of a request's connection; null in tests that have none. */
  public static @Nullable ConnectionGuard of(HttpServerRequest request) {
    return request.connection() instanceof HttpServerConnection known
        ? of(known.channelHandlerContext().channel())
        : null;
  }

  public static @Nullable ConnectionGuard of(Channel channel) {
    return channel.attr(KEY).get();
  }

  /** The sweep of this connection's loop. */
  public LoopSweep sweep() {
    LoopSweep known = sweep;
    if (known == null) {
      throw new IllegalStateException("the connection has no loop yet");
    }
    return known;
  }

  public ConnectionLimits limits() {
    return node.limits();
  }

  /** Whether the tenant holds more than its share while memory is scarce. */
  public boolean pressed() {
    MemoryLedger its = ledger;
    return its != null && node.rung() != Rung.NORMAL && its.aboveShare();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    LoopSweep its = node.sweep(ctx.channel().eventLoop());
    sweep = its;
    its.add(watch);
    acceptedAt = its.now();
    lastRead = acceptedAt;
    alive.begins(acceptedAt);
    headSince = acceptedAt;
    opened.accept(ctx.channel());
  }

  /** The channel is closed; nobody else holds on to what was counted for it. */
  void closed() {
    if (closed) {
      return;
    }
    closed = true;
    LoopSweep.remove(watch);
    leave();
    current = null;
  }

  private void leave() {
    TenantConnections its = tenant;
    if (its != null) {
      its.closed();
    } else {
      node.unidentified().closed(source);
    }
    MemoryLease lease = outbound;
    if (lease != null) {
      outbound = null;
      lease.close();
    }
    pending = 0;
  }

  /**
   * The caller of this connection is known now, or is another one than before.
   *
   * @return false when that tenant may have no more connections: this one is closed then
   */
  public boolean identified(TenantConnections known, MemoryLedger its) {
    if (tenant == known) {
      return true;
    }
    if (known.tryOpen() != null) {
      abort();
      return false;
    }
    leave();
    tenant = known;
    ledger = its;
    return true;
  }

  /** Vert.x has begun to speak HTTP on it. */
  public void connected(HttpConnection http) {
    connection = http;
    if (protocol == Protocol.HTTP1 && http instanceof HttpServerConnection server) {
      if (server.channelHandlerContext().handler() instanceof Http2ConnectionHandler) {
        protocol = Protocol.HTTP2; // an upgrade: frames come after the preface
        scan = new FrameScan();
      }
    }
    if (protocol == Protocol.HTTP2) {
      headSince = 0;
      current = null;
    }
  }

  /** The head of a request has come. */
  public void began(HttpServerRequest request) {
    headSince = 0;
    early = false;
    if (request.version() != HttpVersion.HTTP_2) {
      current = request;
    }
  }

  // ---- bytes ----

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (ended) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof ByteBuf buffer && buffer.isReadable()) {
      long now = sweep().now();
      lastRead = now;
      switch (protocol) {
        case UNKNOWN -> {
          if (!scan.fits(buffer)) {
            protocol = Protocol.HTTP1;
            break;
          }
          if (flooded(buffer, now)) {
            ReferenceCountUtil.release(message);
            return;
          }
          if (scan.begun()) {
            protocol = Protocol.HTTP2;
          }
        }
        case HTTP1 -> http1(now);
        case HTTP2 -> {
          if (flooded(buffer, now)) {
            ReferenceCountUtil.release(message);
            return;
          }
        }
      }
    }
    ctx.fireChannelRead(message);
  }

  private void http1(long now) {
    HttpServerRequest request = current;
    if (request == null) {
      if (headSince == 0) {
        headSince = now;
      }
    } else if (request.isEnded()) {
      if (request.response().ended()) {
        current = null;
        headSince = now;
      } else {
        early = true;
      }
    }
  }

  private boolean flooded(ByteBuf buffer, long now) {
    String flood = scan.read(buffer, now, written);
    if (flood != null) {
      sayGoAway("too many " + flood);
      end(ConnectionEnd.HTTP2_FLOOD);
      return true;
    }
    if (scan.opened()) {
      alive.opened();
    }
    if (kind == Door.Kind.GRPC
        && scan.pinged() > 0
        && !alive.allow(scan.pinged(), node.keepalive().minPing())) {
      sayGoAway("too_many_pings");
      count(ConnectionEnd.PINGS);
      ended = true; // closed a little later, so that the client reads why
      closeAt = now + LAST_WORD_MILLIS;
      return true;
    }
    return false;
  }

  private void sayGoAway(String why) {
    HttpConnection http = connection;
    if (http != null && protocol == Protocol.HTTP2) {
      http.goAway(ENHANCE_YOUR_CALM, -1, Buffer.buffer(why));
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof ByteBuf buffer) {
      int length = buffer.readableBytes();
      written += length;
      alive.wrote(buffer, length);
    }
    super.write(ctx, message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    ctx.flush();
    measure(ctx.channel());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    measure(ctx.channel());
    ctx.fireChannelWritabilityChanged();
  }

  /** Counts what waits for the client to read. */
  private void measure(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long now = buffer == null ? 0 : buffer.totalPendingWriteBytes();
    if (now == pending || closed) {
      return;
    }
    pending = now;
    MemoryLedger its = ledger;
    if (its != null) {
      MemoryLease lease = outbound;
      if (lease == null) {
        lease = its.lease();
        outbound = lease;
      }
      lease.holdExactly(now);
    }
  }

  // ---- twice a second ----

  private void look(long now) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || closed) {
      return;
    }
    if (ended) {
      if (now >= closeAt) {
        abort();
      }
      return;
    }
    measure(ctx.channel());
    if (now - acceptedAt >= node.limits().identifyMillis() && tenant == null) {
      end(ConnectionEnd.IDENTIFY_DEADLINE);
      return;
    }
    boolean pressed = pressed();
    if (tooSlow(now, pressed)) {
      return;
    }
    HttpServerRequest request = current;
    if (request != null && request.isEnded() && request.response().ended()) {
      current = null;
      headSince = early ? now : 0;
      early = false;
    }
    long since = headSince != 0 ? headSince : scan.headersOpenSince();
    if (since != 0 && now - since >= node.limits().headerMillis()) {
      end(ConnectionEnd.HEADER_DEADLINE);
      return;
    }
    if (protocol == Protocol.HTTP2) {
      http2(ctx, now, pressed);
    } else if (pressed
        && node.rung().compareTo(Rung.SHED) >= 0
        && current == null
        && now - lastRead >= IDLE_UNDER_PRESSURE_MILLIS) {
      end(ConnectionEnd.MEMORY);
    }
  }

  /** Whether the client takes its answers too slowly; ends the connection then. */
  private boolean tooSlow(long now, boolean pressed) {
    if (pending == 0) {
      drainSince = 0;
      return false;
    }
    long drained = written - pending;
    if (drainSince == 0) {
      drainSince = now;
      drainMark = drained;
      return false;
    }
    long rate = node.limits().drainRate(pressed);
    long waited = now - drainSince;
    if (rate == 0 || waited < node.limits().drainGrace(pressed)) {
      return false;
    }
    if (drained - drainMark < rate * waited / 1000) {
      end(pressed ? ConnectionEnd.MEMORY : ConnectionEnd.DRAIN_RATE);
      return true;
    }
    drainSince = now;
    drainMark = drained;
    return false;
  }

  private void http2(ChannelHandlerContext ctx, long now, boolean pressed) {
    HttpConnection http = connection;
    if (http == null) {
      return;
    }
    if (pressed != smallWindow && (pressed || node.rung() == Rung.NORMAL)) {
      smallWindow = pressed;
      Http2Settings settings = http.settings();
      settings.setInitialWindowSize(pressed ? SMALL_WINDOW : USUAL_WINDOW);
      http.updateSettings(settings).onFailure(closing -> {});
    }
    if (kind != Door.Kind.GRPC) {
      return;
    }
    switch (alive.probe(node.keepalive(), now, lastRead)) {
      case NONE -> {}
      case PING -> http.ping(Buffer.buffer(new byte[8])).onFailure(closing -> {});
      case DEAD -> {
        end(ConnectionEnd.DEAD);
        return;
      }
    }
    Http2ConnectionHandler handler = ctx.pipeline().get(Http2ConnectionHandler.class);
    boolean busy = handler == null || handler.connection().numActiveStreams() > 0;
    if (alive.idle(node.keepalive(), now, busy)) {
      count(ConnectionEnd.IDLE);
      ended = true;
      closeAt = now + LAST_WORD_MILLIS;
      http.goAway(0, -1, Buffer.buffer("max_idle"));
    }
  }

  // ---- the end ----

  private void count(ConnectionEnd reason) {
    TenantConnections its = tenant;
    (its == null ? node.unidentified().ends() : its.ends()).add(reason);
  }

  /** Closes the connection at once, whatever waits on it, and counts the reason. */
  public void end(ConnectionEnd reason) {
    if (!ended && !closed) {
      count(reason);
      abort();
    }
  }

  /** As {@link #end}, for one call: of HTTP/2 the stream ends, and the connection stays. */
  public void endCall(HttpServerRequest request, ConnectionEnd reason) {
    if (request.version() != HttpVersion.HTTP_2) {
      end(reason);
    } else if (!ended && !closed) {
      count(reason);
      request.response().reset(CANCEL).onFailure(over -> {});
    }
  }

  private void abort() {
    ended = true;
    closeAt = Long.MAX_VALUE;
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    if (ctx.channel() instanceof SocketChannel tcp && tcp.isActive()) {
      tcp.config().setOption(ChannelOption.SO_LINGER, 0); // what it did not read, it never will
    }
    // From here on, before the codecs: those would wait for what cannot be written.
    ctx.close().addListener(closing -> {});
  }
}
