package io.jitney.daemon.subscription;

import io.jitney.daemon.memory.CallMemory;
import io.jitney.tenancy.memory.MemoryLedger;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/**
 * Reads what an app answers to the daemon's own questions, whole and up to a limit. What is larger
 * than such answers usually are is held on the tenant's account, and not read before there is
 * memory for it: an app has many events at the same time. On the call's event loop.
 */
final class AnswerBody {
  /** Of an answer: more than a status for each entry of a bulk. */
  static final int MOST = 4 << 20;

  private final HttpClientRequest request;
  private final HttpClientResponse response;
  private final CallMemory memory;
  private final Promise<Buffer> done = Promise.promise();
  private final Buffer body = Buffer.buffer();
  private long covered = CallMemory.SMALL_BODY;

  private AnswerBody(HttpClientRequest request, HttpClientResponse response, CallMemory memory) {
    this.request = request;
    this.response = response;
    this.memory = memory;
  }

  /** The body; fails when it is too long, breaks off, or there is no memory for it. */
  static Future<Buffer> read(
      HttpClientRequest request, HttpClientResponse response, MemoryLedger ledger) {
    CallMemory memory = new CallMemory(ledger);
    AnswerBody reader = new AnswerBody(request, response, memory);
    response.handler(reader::chunk);
    response.exceptionHandler(reader.done::tryFail);
    response.endHandler(end -> reader.done.tryComplete(reader.body));
    return reader.done.future().onComplete(read -> memory.ends());
  }

  private void chunk(Buffer chunk) {
    if (done.future().isComplete()) {
      return;
    }
    long length = (long) body.length() + chunk.length();
    if (length > MOST) {
      give(new DeliveryException("the app's answer is too long"));
      return;
    }
    body.appendBuffer(chunk);
    if (length > covered) {
      cover(Math.max(length - covered, covered));
    }
  }

  private void cover(long step) {
    covered += step;
    Future<Void> room = memory.moreBody(step);
    if (room != null) {
      response.pause();
      room.onSuccess(granted -> response.resume()).onFailure(this::give);
    }
  }

  private void give(Throwable up) {
    done.tryFail(up);
    request.reset();
  }
}
