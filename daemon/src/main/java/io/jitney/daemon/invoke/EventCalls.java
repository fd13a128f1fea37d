package io.jitney.daemon.invoke;

import io.dapr.v1.CommonProtos.HTTPExtension.Verb;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the daemon's own making to apps that speak HTTP: events, and questions for what they
 * want. Headers, token, trace and path follow the rules of invocation. Call on an event loop; the
 * answer comes on it.
 */
public final class EventCalls {
  private EventCalls() {}

  /** What the app answered, whatever its status. */
  public record Reply(int status, Buffer body) {}

  /**
   * What the app is sent.
   *
   * @param path with or without leading slash, perhaps with a query; cleaned and escaped on the way
   * @param headers event metadata; those that are not the event's to set are left out
   * @param body null: none
   * @param trace null when tracing is off, and for questions
   */
  public record Event(
      Verb verb,
      String path,
      MultiMap headers,
      String contentType,
      @Nullable Buffer body,
      @Nullable Trace trace) {}

  /**
   * One call.
   *
   * @param account on whose account
   * @param memory of the call, entered; its end is the caller's to tell
   * @param limit bytes of the answer's body; 0 or less: none
   * @param started is given what takes the call back; to be run on the calling event loop
   * @return fails with a message in Go's words when there was no whole answer
   */
  public static Future<Reply> send(
      HttpAppChannel channel,
      Account account,
      Event event,
      CallMemory memory,
      long limit,
      Consumer<Runnable> started) {
    Buffer body = event.body();
    int query = event.path().indexOf('?');
    String path;
    try {
      path = MethodName.normalise(query < 0 ? event.path() : event.path().substring(0, query));
    } catch (InvokeException illegal) {
      return Future.failedFuture(illegal);
    }
    Cancellation cancellation = new Cancellation();
    AppCall call =
        new AppCall(
            false,
            event.verb(),
            path,
            query < 0 ? "" : event.path().substring(query + 1),
            event.headers(),
            event.contentType(),
            body == null ? new CallBody.None() : new CallBody.Whole(body, ""),
            event.trace(),
            null,
            false,
            cancellation,
            account,
            memory);
    started.accept(cancellation::cancel);
    return ToHttpApp.call(channel, call)
        .compose(
            answer ->
                switch (answer) {
                  case AppAnswer.Http http ->
                      AnswerReader.read(http, limit, memory)
                          .onFailure(failure -> cancellation.cancel())
                          .map(read -> new Reply(http.status(), read));
                  case AppAnswer.Grpc grpc -> throw new IllegalStateException("an HTTP app");
                })
        .onComplete(done -> cancellation.over());
  }
}
