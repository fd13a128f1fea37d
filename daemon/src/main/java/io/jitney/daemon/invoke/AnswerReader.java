package io.jitney.daemon.invoke;

import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.TransportErrors;
import io.jitney.daemon.memory.CallMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;

/** Reads an HTTP answer whole, for a caller that takes messages. */
final class AnswerReader {
  private final AppAnswer.Http answer;
  private final long limit;
  private final CallMemory memory;
  private long covered = CallMemory.SMALL_BODY;
  private final Promise<Buffer> done = Promise.promise();
  private Buffer body = Buffer.buffer();
  private boolean gathering;

  private AnswerReader(AppAnswer.Http answer, long limit, CallMemory memory) {
    this.answer = answer;
    this.limit = limit;
    this.memory = memory;
  }

  /**
   * The body.
   *
   * @param limit bytes; 0 or less: none
   * @param memory of the call that it is an answer to
   * @return fails with RESOURCE_EXHAUSTED beyond the limit; the caller cancels the call then
   */
  static Future<Buffer> read(AppAnswer.Http answer, long limit, CallMemory memory) {
    AnswerReader reader = new AnswerReader(answer, limit, memory);
    answer.body().handler(reader::chunk);
    answer
        .body()
        .endHandler(
            end -> {
              answer.exchange().finished();
              reader.done.tryComplete(reader.body);
            });
    answer.body().exceptionHandler(reader.done::tryFail);
    answer.body().resume();
    return reader.done.future();
  }

  private void chunk(Buffer chunk) {
    long length = (long) body.length() + chunk.length();
    if (limit > 0 && length > limit) {
      body = Buffer.buffer();
      done.tryFail(
          DaprError.plain(
                  "RESOURCE_EXHAUSTED",
                  429,
                  GrpcStatus.RESOURCE_EXHAUSTED,
                  TransportErrors.sendTooLarge(Math.max(length, answer.length()), limit))
              .exception());
      return;
    }
    cover(length);
    if (body.length() == 0) {
      body = chunk; // mostly the only one: taken without a copy
      return;
    }
    if (!gathering) {
      gathering = true;
      body = Buffer.buffer((int) Math.min(Integer.MAX_VALUE - 8, 2 * length)).appendBuffer(body);
    }
    body.appendBuffer(chunk);
  }

  /** Reads nothing further before there is memory for it. */
  private void cover(long bytes) {
    if (bytes <= covered) {
      return;
    }
    long step = Math.max(bytes - covered, covered);
    covered += step;
    Future<Void> room = memory.moreBody(step);
    if (room != null) {
      answer.body().pause();
      room.onSuccess(granted -> answer.body().resume())
          .onFailure(
              refused -> {
                body = Buffer.buffer();
                done.tryFail(refused);
              });
    }
  }
}
