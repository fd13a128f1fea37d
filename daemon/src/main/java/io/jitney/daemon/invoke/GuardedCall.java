package io.jitney.daemon.invoke;

import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.http.BodyCollector;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resiliency.AttemptTimeoutException;
import io.jitney.daemon.resiliency.BreakerOpenException;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.PolicyRun;
import io.jitney.daemon.resiliency.Resiliency;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call under the caller's policy for its target. A failing answer of the app is a failure that
 * may be repeated; if it was the last one, it is the answer. Each attempt has a cancellation of its
 * own, so that one that took too long ends at the app, too.
 *
 * <p>Threads: the event loop of the caller's connection.
 */
final class GuardedCall {
  /** Bytes of an answer that are read and dropped, so that its connection can be kept. */
  private static final long DRAIN = 64 * 1024;

  /** An answer that counts as a failure. */
  private static final class Answered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    Answered(int code) {
      super("the app answered with an error", null, false, false);
      this.code = code;
    }
  }

  private final AppCall call;
  private final Function<AppCall, Future<AppAnswer>> send;
  private Cancellation current = new Cancellation();
  private @Nullable AppAnswer last;

  private GuardedCall(AppCall call, Function<AppCall, Future<AppAnswer>> send) {
    this.call = call;
    this.send = send;
  }

  /**
   * Makes a call.
   *
   * @param policy not none
   * @param send one attempt
   */
  static Future<AppAnswer> run(
      AppInstance caller, Policy policy, AppCall call, Function<AppCall, Future<AppAnswer>> send) {
    if (!policy.repeats() || !(call.body() instanceof CallBody.Incoming incoming)) {
      return new GuardedCall(call, send).start(caller.resiliency(), policy);
    }
    if (incoming.streaming() || incoming.tooLong()) {
      Policy once = policy.once(); // what is not kept can not be sent again
      return once.isNone()
          ? send.apply(call)
          : new GuardedCall(call, send).start(caller.resiliency(), once);
    }
    return BodyCollector.collect(incoming.request(), incoming.limit(), call.memory())
        .transform(
            read ->
                read.succeeded()
                    ? new GuardedCall(call.with(new CallBody.Whole(read.result(), "")), send)
                        .start(caller.resiliency(), policy)
                    : Future.failedFuture(unread(read.cause())));
  }

  private static Throwable unread(Throwable cause) {
    return switch (cause) {
      case DaprException refused -> refused;
      case BodyTooLargeException tooLarge -> tooLarge;
      default -> new CallerGoneException();
    };
  }

  private Future<AppAnswer> start(Resiliency resiliency, Policy policy) {
    PolicyRun<AppAnswer> run = resiliency.prepare(policy, this::code, this::attempt);
    call.cancellation()
        .holds(
            () -> {
              run.cancel(new CallerGoneException());
              current.cancel();
            });
    call.cancellation().whenEnded(() -> current.over());
    return run.onTimeout(() -> current.cancel()).begin().result().recover(cause -> end(cause));
  }

  private Future<AppAnswer> attempt() {
    dropLast();
    Cancellation own = new Cancellation();
    current = own;
    return send.apply(call.with(own))
        .transform(
            done -> {
              if (done.succeeded()) {
                return judged(done.result());
              }
              own.cancel();
              return Future.failedFuture(done.cause());
            });
  }

  private Future<AppAnswer> judged(AppAnswer answer) {
    int code =
        switch (answer) {
          case AppAnswer.Http http -> http.success() ? 0 : http.status();
          // A gRPC app's error is an answer like any other to a caller that speaks HTTP, as in
          // daprd.
          case AppAnswer.Grpc grpc ->
              !call.fromGrpc() || grpc.answer().ok() ? 0 : Resiliency.NO_CODE;
        };
    if (code == 0) {
      return Future.succeededFuture(answer);
    }
    last = answer;
    return Future.failedFuture(new Answered(code));
  }

  /** InvokeService repeats every failure, whatever the lists of codes say, as daprd does. */
  private int code(Throwable failure) {
    if (failure instanceof CallerGoneException) {
      return Resiliency.NEVER;
    }
    if (call.fromGrpc()) {
      return Resiliency.NO_CODE;
    }
    return switch (failure) {
      case Answered answered -> answered.code;
      case InvokeException failed -> failed.denied() ? 403 : 500;
      case DaprException refused -> refused.error().httpStatus();
      default -> Resiliency.NO_CODE;
    };
  }

  private Future<AppAnswer> end(Throwable cause) {
    AppAnswer answer = last;
    if (cause instanceof Answered && answer != null) {
      last = null;
      return Future.succeededFuture(answer);
    }
    dropLast();
    return Future.failedFuture(
        switch (cause) {
          case BreakerOpenException open -> new InvokeException(String.valueOf(open.getMessage()));
          case AttemptTimeoutException late ->
              new InvokeException(String.valueOf(late.getMessage()));
          default -> cause;
        });
  }

  private void dropLast() {
    AppAnswer before = last;
    last = null;
    if (before instanceof AppAnswer.Http http) {
      if (http.length() >= 0 && http.length() <= DRAIN) {
        http.body().handler(dropped -> {});
        http.body().exceptionHandler(broken -> {});
        http.body().endHandler(end -> http.exchange().finished());
        http.body().resume();
      } else {
        http.exchange().cancel();
      }
    }
    current.over();
  }
}
