package io.jitney.daemon.invoke;

import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.resiliency.AttemptTimeoutException;
import io.jitney.daemon.resiliency.BreakerOpenException;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.PolicyRun;
import io.jitney.daemon.resiliency.Resiliency;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.streams.ReadStream;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A proxied call under its caller's policy. What the app answers is held back until its first
 * message or its end: until then the call can be made again.
 *
 * <p>Threads: the event loop of the caller's connection.
 */
final class GuardedProxy {
  /** Makes one attempt; answers to {@code reply} in any case. */
  @FunctionalInterface
  interface Attempt {
    /**
     * @param body what the caller sends
     * @return what ends the attempt early; run at most once
     */
    Runnable start(ReadStream<Buffer> body, ProxyReply reply);
  }

  /** An attempt whose status was not OK. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final transient Runnable answer;

    Refused(int code, Runnable answer) {
      super("status " + code, null, false, false);
      this.code = code;
      this.answer = answer;
    }
  }

  private final HttpServerRequest request;
  private final GrpcReply caller;
  private final Attempt attempt;
  private final CallMemory memory;
  private final @Nullable ReplayedBody replayed;
  private Runnable endEarly = () -> {};
  private @Nullable Tried current;

  private GuardedProxy(
      AppInstance instance,
      boolean repeats,
      HttpServerRequest request,
      GrpcReply caller,
      Attempt attempt) {
    this.request = request;
    this.caller = caller;
    this.attempt = attempt;
    this.memory = new CallMemory(instance.memory());
    this.replayed =
        repeats
            ? new ReplayedBody(
                request, memory, instance.settings().maxBodySize(), this::secondMessage)
            : null;
  }

  /**
   * Makes a call.
   *
   * @param policy not none
   */
  static void run(
      AppInstance instance,
      Policy policy,
      HttpServerRequest request,
      GrpcReply caller,
      Attempt attempt) {
    new GuardedProxy(instance, policy.repeats(), request, caller, attempt)
        .start(instance.resiliency(), policy);
  }

  private void start(Resiliency resiliency, Policy policy) {
    PolicyRun<Void> run = resiliency.prepare(policy, GuardedProxy::code, this::attempt);
    caller.whenOver(
        code -> {
          run.cancel(new CallerGoneException()); // nothing is left to repeat for
          ReplayedBody body = replayed;
          if (body != null) {
            body.drop();
          }
          memory.ends();
        });
    run.onTimeout(this::late).begin().result().onFailure(this::end);
  }

  private Future<Void> attempt() {
    Tried tried = new Tried();
    current = tried;
    ReplayedBody body = replayed;
    endEarly = attempt.start(body == null ? request : body.again(), tried);
    return tried.done.future();
  }

  private static int code(Throwable failure) {
    return switch (failure) {
      case Refused refused -> refused.code;
      case CallerGoneException gone -> Resiliency.NEVER;
      default -> Resiliency.NO_CODE;
    };
  }

  private void late() {
    Tried tried = current;
    if (tried != null) {
      tried.over = true;
      endEarly.run();
      if (tried.committed) {
        caller.fail(GrpcStatus.DEADLINE_EXCEEDED, "context deadline exceeded");
      }
    }
  }

  private void end(Throwable cause) {
    switch (cause) {
      case Refused refused -> refused.answer.run();
      case AttemptTimeoutException late ->
          caller.fail(GrpcStatus.DEADLINE_EXCEEDED, String.valueOf(late.getMessage()));
      case BreakerOpenException open ->
          caller.fail(GrpcStatus.UNKNOWN, String.valueOf(open.getMessage()));
      case CallerGoneException gone -> caller.gone();
      default -> caller.fail(GrpcStatus.INTERNAL, String.valueOf(cause.getMessage()));
    }
  }

  private void secondMessage() {
    Tried tried = current;
    if (tried != null) {
      tried.over = true;
    }
    endEarly.run();
    caller.fail(
        GrpcStatus.FAILED_PRECONDITION,
        "cannot use resiliency policies with retries on streaming RPCs");
  }

  /** The answer of one attempt. */
  private final class Tried implements ProxyReply {
    private final Promise<Void> done = Promise.promise();
    private MultiMap head = MultiMap.caseInsensitiveMultiMap();
    private boolean committed;
    private boolean over;

    @Override
    public HttpServerResponse response() {
      return caller.response();
    }

    @Override
    public boolean over() {
      return over || caller.over();
    }

    @Override
    public void whenOver(IntConsumer told) {
      done.future().onComplete(ended -> told.accept(codeOf(ended.cause())));
    }

    private static int codeOf(@Nullable Throwable failure) {
      return switch (failure) {
        case null -> GrpcStatus.OK.code;
        case Refused refused -> refused.code;
        default -> GrpcStatus.CANCELLED.code;
      };
    }

    @Override
    public void head(MultiMap headers) {
      head = headers;
    }

    @Override
    public void write(Buffer piece) {
      if (!over()) {
        commit();
        caller.write(piece);
      }
    }

    private void commit() {
      if (!committed) {
        committed = true;
        caller.head(head);
      }
    }

    @Override
    public void only(MultiMap headers) {
      ends(status(headers), () -> caller.only(headers));
    }

    @Override
    public void trailers(MultiMap trailers) {
      ends(
          status(trailers),
          () -> {
            commit();
            caller.trailers(trailers);
          });
    }

    @Override
    public void fail(DaprError error) {
      ends(error.grpcStatus().code, () -> caller.fail(error));
    }

    @Override
    public void fail(GrpcStatus status, String message) {
      ends(status.code, () -> caller.fail(status, message));
    }

    @Override
    public void gone() {
      over = true;
      caller.gone();
      done.tryFail(new CallerGoneException());
    }

    private void ends(int code, Runnable answer) {
      if (over()) {
        return;
      }
      over = true;
      if (code == GrpcStatus.OK.code) {
        // First for the breaker: with the caller's answer the run is over.
        done.tryComplete();
        answer.run();
      } else if (committed) {
        done.tryFail(new Refused(Resiliency.NEVER, answer));
      } else {
        done.tryFail(new Refused(code, answer));
      }
    }

    private static int status(MultiMap metadata) {
      try {
        return Integer.parseInt(Objects.requireNonNullElse(metadata.get("grpc-status"), ""));
      } catch (NumberFormatException odd) {
        return GrpcStatus.INTERNAL.code;
      }
    }
  }
}
