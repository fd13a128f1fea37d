package io.jitney.daemon.grpc;

import io.jitney.daemon.memory.BodyClock;
import io.jitney.daemon.memory.CallMemory;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A unary request that reads nothing it has no memory for: the length of its message is asked for
 * as soon as its prefix is there. While it waits, the client's window stays closed; without memory
 * whoever reads it gets the refusal as if the body had broken off.
 */
final class GatheredRequest extends HttpServerRequestWrapper {
  private static final int PREFIX = 5;
  private static final long STEP = 64 * 1024;

  private final CallMemory memory;
  private final long limit;
  private @Nullable Handler<Throwable> failed;
  private @Nullable BodyClock clock;
  private long seen;
  private long covered = CallMemory.SMALL_BODY;
  private boolean waiting;
  private boolean over;

  /**
   * @param limit of the message in bytes; 0 or less: none. A longer one is refused by its prefix
   */
  GatheredRequest(HttpServerRequest request, CallMemory memory, long limit) {
    super((HttpServerRequestInternal) request);
    this.memory = memory;
    this.limit = limit;
  }

  @Override
  public HttpServerRequest handler(@Nullable Handler<Buffer> handler) {
    if (handler == null) {
      return super.handler(null);
    }
    clock = BodyClock.start(this);
    return super.handler(
        chunk -> {
          if (over) {
            return;
          }
          boolean first = seen == 0;
          seen += chunk.length();
          BodyClock running = clock;
          if (running != null) {
            running.read(chunk.length());
          }
          handler.handle(chunk);
          long wanted = first && chunk.length() >= PREFIX ? chunk.getUnsignedInt(1) : seen;
          if (limit <= 0 || wanted <= limit) {
            cover(Math.max(wanted, seen));
          }
        });
  }

  @Override
  public HttpServerRequest endHandler(@Nullable Handler<Void> handler) {
    return handler == null
        ? super.endHandler(null)
        : super.endHandler(
            end -> {
              if (!over) {
                stop();
                handler.handle(null);
              }
            });
  }

  @Override
  public HttpServerRequest exceptionHandler(@Nullable Handler<Throwable> handler) {
    failed = handler;
    return handler == null
        ? super.exceptionHandler(null)
        : super.exceptionHandler(
            broken -> {
              stop();
              handler.handle(broken);
            });
  }

  /** The call is over: nobody waits for the rest. */
  void stop() {
    over = true;
    BodyClock running = clock;
    if (running != null) {
      clock = null;
      running.stop();
    }
  }

  @Override
  public HttpServerRequest resume() {
    return waiting ? this : super.resume();
  }

  @Override
  public HttpServerRequest fetch(long amount) {
    return waiting ? this : super.fetch(amount);
  }

  private void cover(long bytes) {
    if (bytes <= covered || waiting || over) {
      return;
    }
    long step = Math.max(bytes - covered, STEP);
    covered += step;
    Future<Void> room = memory.moreBody(step);
    if (room == null) {
      return;
    }
    wait(true);
    room.onSuccess(
            granted -> {
              wait(false);
              cover(seen);
            })
        .onFailure(
            why -> {
              wait(false);
              stop();
              Handler<Throwable> told = failed;
              if (told != null) {
                told.handle(why); // as if the body had broken off
              }
            });
  }

  private void wait(boolean now) {
    waiting = now;
    BodyClock running = clock;
    if (running != null) {
      running.paused(now);
    }
    if (now) {
      super.pause();
    } else {
      super.resume();
    }
  }
}
