package io.jitney.daemon.invoke;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * A gzip stream, unpacked as it is read. Works on slices of {@value #SLICE} bytes, so that a reader
 * who pauses is left alone after at most a thousand times that, however well the rest is packed.
 */
final class GunzipStream implements ReadStream<Buffer> {
  private static final int SLICE = 512;

  private final ReadStream<Buffer> packed;
  private final EmbeddedChannel inflater =
      new EmbeddedChannel(ZlibCodecFactory.newZlibDecoder(ZlibWrapper.GZIP, 0));
  private Handler<Buffer> handler = none -> {};
  private Handler<Void> endHandler = none -> {};
  private Handler<Throwable> exceptionHandler = none -> {};
  private @Nullable Buffer rest;
  private int at;
  private boolean paused = true;
  private boolean sourceEnded;
  private boolean over;
  private boolean working;

  /**
   * @param packed paused
   */
  GunzipStream(ReadStream<Buffer> packed) {
    this.packed = packed;
    packed.handler(this::take);
    packed.endHandler(
        end -> {
          sourceEnded = true;
          work();
        });
    packed.exceptionHandler(this::fail);
  }

  private void take(Buffer chunk) {
    packed.pause();
    rest = chunk;
    at = 0;
    work();
  }

  private void work() {
    if (working || over) {
      return;
    }
    working = true;
    try {
      while (!paused && !over && rest != null) {
        int end = Math.min(at + SLICE, rest.length());
        byte[] slice = rest.getBytes(at, end);
        at = end;
        if (at == rest.length()) {
          rest = null;
        }
        inflater.writeInbound(Unpooled.wrappedBuffer(slice));
        hand();
      }
    } catch (RuntimeException broken) {
      fail(broken);
    } finally {
      working = false;
    }
    if (!paused && !over && rest == null) {
      if (sourceEnded) {
        over = true;
        release();
        endHandler.handle(null);
      } else {
        packed.resume();
      }
    }
  }

  private void hand() {
    for (ByteBuf out = inflater.readInbound(); out != null; out = inflater.readInbound()) {
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      out.release();
      if (bytes.length > 0) {
        handler.handle(Buffer.buffer(bytes));
      }
    }
  }

  private void fail(Throwable cause) {
    if (!over) {
      over = true;
      release();
      exceptionHandler.handle(cause);
    }
  }

  private void release() {
    try {
      inflater.finishAndReleaseAll();
    } catch (RuntimeException broken) {
      inflater.releaseInbound(); // it tries to go on with what it could not read before
    }
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> told) {
    exceptionHandler = told == null ? none -> {} : told;
    return this;
  }

  @Override
  public ReadStream<Buffer> handler(@Nullable Handler<Buffer> told) {
    handler = told == null ? none -> {} : told;
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(@Nullable Handler<Void> told) {
    endHandler = told == null ? none -> {} : told;
    return this;
  }

  @Override
  public ReadStream<Buffer> pause() {
    paused = true;
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    paused = false;
    work();
    return this;
  }

  /** Demand is all or nothing. */
  @Override
  public ReadStream<Buffer> fetch(long amount) {
    return amount > 0 ? resume() : this;
  }
}
