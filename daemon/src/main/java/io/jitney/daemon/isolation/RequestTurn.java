package io.jitney.daemon.isolation;

import io.jitney.daemon.admission.ClientGoneException;
import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.fair.Turn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.internal.ContextInternal;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request that waits for its turn on its event loop. */
public final class RequestTurn extends Turn {
  /** An overload lasts; the least that HTTP's Retry-After can say. */
  private static final long RETRY_MILLIS = 1_000;

  /** Bytes; what is done with fewer takes no longer than a head. */
  private static final int SMALL_BODY = 4_096;

  private static final long BODY_WAIT_NANOS = 60_000_000_000L;

  private static final Admission.Refused FULL =
      new Admission.Refused(Reason.QUEUE_FULL, "too many calls wait for their turn", RETRY_MILLIS);
  private static final Admission.Refused LATE =
      new Admission.Refused(Reason.QUEUE_TIMEOUT, "no turn within the call's time", RETRY_MILLIS);

  /** How far the request has come. */
  private enum Stage {
    /** Its head is here, and nothing was done about it. */
    HEAD,
    /** As HEAD, of a call that counts among those of its tenant that have begun. */
    COUNTED_HEAD,
    /** More of its body is to be read. */
    READING,
    /** It is here as a whole. */
    BODY
  }

  private final LoopGate gate;
  private final Account account;
  private final @Nullable ContextInternal context;
  private final Runnable run;
  private final Consumer<Admission.Refused> refuse;
  private final Stage stage;

  private RequestTurn(
      LoopGate gate,
      Account account,
      Runnable run,
      Consumer<Admission.Refused> refuse,
      Stage stage) {
    this.gate = gate;
    this.account = account;
    this.context = ContextInternal.current();
    this.run = run;
    this.refuse = refuse;
    this.stage = stage;
  }

  /**
   * Runs a request in its turn, in the current context; or refuses it.
   *
   * @param counts whether it counts among the calls of its tenant that have begun
   * @param deadlineNanos {@link System#nanoTime()} value after which nobody waits for it
   * @return to be taken back when the client leaves
   */
  public static RequestTurn await(
      LoopGate gate,
      Account account,
      boolean counts,
      long deadlineNanos,
      Runnable run,
      Consumer<Admission.Refused> refuse) {
    RequestTurn turn =
        new RequestTurn(gate, account, run, refuse, counts ? Stage.COUNTED_HEAD : Stage.HEAD);
    gate.await(account, turn, deadlineNanos);
    return turn;
  }

  /**
   * Reads on in its turn, in the current context; in any case, as half a body helps nobody.
   *
   * @param deadlineNanos {@link System#nanoTime()} value after which it does so without a turn
   */
  static void readOn(LoopGate gate, Account account, long deadlineNanos, Runnable run) {
    RequestTurn turn = new RequestTurn(gate, account, run, refused -> run.run(), Stage.READING);
    gate.await(account, turn, deadlineNanos);
  }

  /**
   * A body that has come in: what is going to be done with it may have to wait for its turn again,
   * as the first turn was for the head of the request alone.
   *
   * @param wanted whether the client still waits; asked on the loop
   * @return fails as a refusal of admission does when there is no turn, and with {@link
   *     ClientGoneException} when the client has left
   */
  public static <B extends @Nullable Buffer> Future<B> forBody(
      HttpConnection connection, Account account, B body, BooleanSupplier wanted) {
    if (!wanted.getAsBoolean()) {
      return Future.failedFuture(new ClientGoneException());
    }
    if (body == null || body.length() < SMALL_BODY) {
      return Future.succeededFuture(body);
    }
    ConnectionMeter meter = ConnectionMeter.of(connection);
    if (meter == null || meter.gate().isFree()) {
      return Future.succeededFuture(body);
    }
    Promise<B> promise = Promise.promise();
    RequestTurn turn =
        new RequestTurn(
            meter.gate(),
            account,
            () -> {
              if (wanted.getAsBoolean()) {
                promise.complete(body);
              } else {
                promise.fail(new ClientGoneException());
              }
            },
            refused -> promise.fail(AdmissionErrors.of(refused).exception()),
            Stage.BODY);
    meter.gate().await(account, turn, System.nanoTime() + BODY_WAIT_NANOS);
    return promise.future();
  }

  /** The client has left: it does not run any more, unless it has. On the loop. */
  public void cancel() {
    gate.cancel(this);
  }

  @Override
  protected boolean beginsCall() {
    return stage == Stage.COUNTED_HEAD;
  }

  @Override
  protected boolean goesOn() {
    return stage == Stage.BODY;
  }

  @Override
  protected void start() {
    Account outer = gate.begin(account);
    try {
      inContext(run);
    } finally {
      gate.end(outer);
    }
  }

  @Override
  protected void refused(Refusal why) {
    Admission.Refused refused =
        switch (why) {
          case QUEUE_FULL, CLOSED -> FULL;
          case DEADLINE -> LATE;
        };
    account.usage().refused(refused.reason());
    inContext(() -> refuse.accept(refused));
  }

  private void inContext(Runnable what) {
    if (context == null) {
      what.run();
    } else {
      context.dispatch(what, Runnable::run);
    }
  }
}
