package io.jitney.daemon.invoke;

import io.jitney.daemon.memory.CallMemory;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of a proxied call sends, kept so that it can be sent again: one message at most,
 * as with daprd. Attempts may begin before it is all here. On the caller's event loop.
 */
final class ReplayedBody {
  private static final int PREFIX = 5;

  private final HttpServerRequest request;
  private final CallMemory memory;
  private final long limit;
  private final Runnable second;
  private Buffer kept = Buffer.buffer();
  private long covered = CallMemory.SMALL_BODY;
  private boolean ended;
  private boolean over;
  private @Nullable Throwable broken;
  private @Nullable Stream current;

  /**
   * @param limit of the message in bytes; 0 or less: none. A longer one is left to who reads it
   * @param second told when a second message comes
   */
  ReplayedBody(HttpServerRequest request, CallMemory memory, long limit, Runnable second) {
    this.request = request;
    this.memory = memory;
    this.limit = limit;
    this.second = second;
    request.handler(this::piece);
    request.endHandler(
        end -> {
          ended = true;
          tell();
        });
    request.exceptionHandler(this::failed);
    request.resume();
  }

  /** All of it from its beginning; takes the place of the stream before. */
  ReadStream<Buffer> again() {
    Stream stream = new Stream();
    current = stream;
    return stream;
  }

  /** Nobody reads any more. */
  void drop() {
    over = true;
    kept = Buffer.buffer();
    current = null;
  }

  private void piece(Buffer piece) {
    if (over) {
      return;
    }
    kept.appendBuffer(piece);
    if (kept.length() >= PREFIX) {
      long size = kept.getUnsignedInt(1);
      if (limit > 0 && size > limit) {
        tell(); // its reader refuses it by its prefix
        return;
      }
      if (kept.length() > PREFIX + size) {
        drop();
        second.run();
        return;
      }
      cover(size);
    }
    tell();
  }

  private void cover(long size) {
    if (size <= covered) {
      return;
    }
    Future<Void> room = memory.moreBody(size - covered);
    covered = size;
    if (room != null) {
      request.pause();
      room.onSuccess(granted -> request.resume()).onFailure(this::failed);
    }
  }

  private void failed(Throwable cause) {
    broken = cause;
    tell();
  }

  private void tell() {
    Stream reader = current;
    if (reader != null) {
      reader.more();
    }
  }

  /** One attempt's view. */
  private final class Stream implements ReadStream<Buffer> {
    private int at;
    private boolean flowing;
    private boolean told;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> exceptionHandler;

    private void more() {
      Handler<Buffer> reader = handler;
      if (!flowing || reader == null || told || current != this) {
        return;
      }
      if (at < kept.length()) {
        Buffer piece = kept.getBuffer(at, kept.length());
        at = kept.length();
        reader.handle(piece);
        if (!flowing) {
          return;
        }
      }
      Throwable cause = broken;
      if (cause != null) {
        told = true;
        Handler<Throwable> listener = exceptionHandler;
        if (listener != null) {
          listener.handle(cause);
        }
      } else if (ended) {
        told = true;
        Handler<Void> listener = endHandler;
        if (listener != null) {
          listener.handle(null);
        }
      }
    }

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> to) {
      handler = to;
      return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<Void> to) {
      endHandler = to;
      return this;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> to) {
      exceptionHandler = to;
      return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
      flowing = false;
      return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
      flowing = true;
      more();
      return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      return resume();
    }
  }
}
