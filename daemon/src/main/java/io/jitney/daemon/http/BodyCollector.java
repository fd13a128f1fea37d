package io.jitney.daemon.http;

import io.jitney.daemon.admission.ClientGoneException;
import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.isolation.BodyPace;
import io.jitney.daemon.isolation.ConnectionMeter;
import io.jitney.daemon.memory.BodyClock;
import io.jitney.daemon.memory.CallMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body up to a limit. The common case, one chunk, is passed on without a copy. What comes
 * after the limit is read and dropped (up to {@value #DRAIN} bytes, as Go's server does), so that
 * the client gets to read the answer.
 *
 * <p>Reads nothing that it has no memory for: a known length is asked for before the first byte, an
 * unknown one in steps. While it waits, the client waits too.
 */
public final class BodyCollector {
  private static final long DRAIN = 256 * 1024;

  /** Of a body whose length nobody knows; doubled each time. */
  private static final long FIRST_STEP = 64 * 1024;

  private final HttpServerRequest request;
  private final long limit;
  private final CallMemory memory;
  private final long length;
  private final Promise<Buffer> promise = Promise.promise();
  private @Nullable Buffer first;
  private @Nullable Buffer all;
  private @Nullable BodyClock clock;
  private @Nullable BodyPace pace;
  private long seen;

  /** Bytes that there is memory for. */
  private long covered = CallMemory.SMALL_BODY;

  private boolean waiting;

  /** Reasons why nothing is read: no memory, no turn. */
  private int holds;

  /**
   * The whole body of a paused request; call on its event loop.
   *
   * @param limit bytes; 0 or less: none
   * @return fails with {@link BodyTooLargeException} beyond the limit, with what broke the
   *     connection, or with a refusal when memory is scarce
   */
  public static Future<Buffer> collect(HttpServerRequest request, long limit, CallMemory memory) {
    BodyCollector collector = new BodyCollector(request, limit, memory);
    collector.start();
    return collector.promise.future();
  }

  private BodyCollector(HttpServerRequest request, long limit, CallMemory memory) {
    this.request = request;
    this.limit = limit;
    this.memory = memory;
    this.length = length(request);
  }

  /** What the client says; 0: nothing. */
  public static long length(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    if (length == null) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(length.trim()));
    } catch (NumberFormatException unreadable) {
      return 0;
    }
  }

  private void start() {
    request.exceptionHandler(this::broken); // also while there is no memory for it yet
    if (length <= covered || (limit > 0 && length > limit)) {
      read();
      return;
    }
    Future<Void> room = memory.moreBody(length - covered);
    covered = length;
    if (room == null) {
      read();
    } else {
      room.onSuccess(granted -> read()).onFailure(promise::tryFail);
    }
  }

  private void read() {
    if (promise.future().isComplete()) {
      return; // it broke off while it waited for memory
    }
    ConnectionMeter meter = ConnectionMeter.of(request.connection());
    if (meter == null) {
      request.handler(this::chunk);
      request.endHandler(done -> end());
    } else {
      request.handler(chunk -> meter.run(() -> chunk(chunk)));
      request.endHandler(done -> meter.run(this::end));
    }
    clock = BodyClock.start(request);
    request.resume();
  }

  private void end() {
    stop();
    if (promise.future().isComplete()) {
      return;
    }
    memory.bodyRead(seen);
    Buffer gathered = all;
    Buffer only = first;
    promise.tryComplete(gathered != null ? gathered : only != null ? only : Buffer.buffer());
  }

  private void broken(Throwable cause) {
    stop();
    boolean streamBroke =
        request.version() == HttpVersion.HTTP_2 && !(cause instanceof DaprException);
    promise.tryFail(streamBroke ? new ClientGoneException() : cause);
  }

  private void stop() {
    BodyClock running = clock;
    if (running != null) {
      clock = null;
      running.stop();
    }
  }

  private void chunk(Buffer chunk) {
    seen += chunk.length();
    BodyClock running = clock;
    if (running != null) {
      running.read(chunk.length());
    }
    if (limit > 0 && seen > limit) {
      drop(new BodyTooLargeException());
      if (seen > limit + DRAIN) {
        request.connection().close();
      }
      return;
    }
    if (promise.future().isComplete()) {
      return; // refused: what still comes is not kept
    }
    keep(chunk);
    if (seen > covered && !waiting) {
      ask();
    }
  }

  private void keep(Buffer chunk) {
    if (first == null) {
      first = chunk;
      return;
    }
    Buffer gathered = all;
    if (gathered == null) {
      long size = length > seen ? length : Math.max(chunk.length() * 2L, first.length() * 4L);
      gathered = Buffer.buffer((int) Math.min(size, Integer.MAX_VALUE - 8)).appendBuffer(first);
      all = gathered;
    }
    gathered.appendBuffer(chunk);
    BodyPace turns = pace;
    if (turns == null) {
      turns = new BodyPace(request, this::hold, this::letGo);
      pace = turns;
    }
    turns.passed(chunk.length());
  }

  private void ask() {
    long step = Math.max(FIRST_STEP, Math.max(covered, seen - covered));
    Future<Void> room = memory.moreBody(step);
    covered += step;
    if (room == null) {
      return;
    }
    waiting = true;
    hold();
    room.onSuccess(
            granted -> {
              waiting = false;
              if (seen > covered) {
                ask();
              }
              letGo();
            })
        .onFailure(
            refused -> {
              waiting = false;
              drop(refused);
              letGo();
            });
  }

  private void hold() {
    if (holds++ == 0) {
      paused(true);
      request.pause();
    }
  }

  private void letGo() {
    if (--holds == 0) {
      paused(false);
      request.resume();
    }
  }

  /** A client is not slow while the daemon does not read. */
  private void paused(boolean now) {
    BodyClock running = clock;
    if (running != null) {
      running.paused(now);
    }
  }

  private void drop(Throwable why) {
    first = null;
    all = null;
    promise.tryFail(why);
  }
}
