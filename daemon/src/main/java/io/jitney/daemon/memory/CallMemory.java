package io.jitney.daemon.memory;

import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.memory.Expectations;
import io.jitney.tenancy.memory.MemoryLease;
import io.jitney.tenancy.memory.MemoryLedger;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one call. What is gathered whole counts {@value #COPIES} times: as it comes, as it
 * is decoded or encoded, and as it goes to or comes from a store. An answer that is ready counts
 * once, until the client has taken it.
 *
 * <p>How large an answer will be is not known before it is there. So a call that reads asks for
 * what the tenant's answers of that operation were lately at most; of an operation not seen lately
 * a few calls may begin at once, and further ones ask for the largest answer there can be.
 */
public final class CallMemory {
  /** Of a call as such. */
  static final long CALL = 4 * 1024;

  /** A stream's two windows hold this on the average. */
  static final long STREAM = 16 * 1024;

  static final int COPIES = 3;

  /** Bodies up to this size are counted with the call, without a second question. */
  public static final long SMALL_BODY = 16 * 1024;

  private static final int FREE_UNKNOWN = 4;
  private static final long USUAL_ANSWER = 16 * 1024;
  private static final long LARGEST_ANSWER = 4L << 20;

  /** What was written can be read: the value of one tells of the answer of the other. */
  private static final Map<String, String> READ_AFTER_WRITE =
      Map.of("SaveState", "GetState", "ExecuteStateTransaction", "GetState");

  private final MemoryLedger ledger;
  private final MemoryLease lease;
  private String operation = "";
  private long body;
  private boolean unknown;
  private boolean answered;
  private int parts = 1;

  public CallMemory(MemoryLedger ledger) {
    this.ledger = ledger;
    this.lease = ledger.lease();
  }

  /**
   * Asks for what the call will hold at least; before anything of it is read.
   *
   * @param name of the operation
   * @param length of its body in bytes, if it is gathered; 0 if it is not, or nobody knows
   * @return null: go on. Else completes on the current context when the call may go on, or fails
   *     with the error to answer
   */
  public @Nullable Future<Void> enter(String name, long length) {
    operation = name;
    body = Math.min(length, SMALL_BODY) * COPIES;
    Expectations expectations = ledger.expectations();
    long expected = expectations.of(name, -1);
    if (expected < 0 && (name.startsWith("Get") || name.startsWith("Query"))) {
      unknown = true;
      expectations.startUnknown();
    }
    return lease.tryReserve(needed(expected)) ? null : more(this::first);
  }

  private long first() {
    return needed(ledger.expectations().of(operation, -1));
  }

  private long needed(long expected) {
    if (expected >= 0) {
      return CALL + body + expected * COPIES;
    }
    long guess =
        !unknown
            ? 0
            : ledger.expectations().unknown() <= FREE_UNKNOWN ? USUAL_ANSWER : LARGEST_ANSWER;
    return CALL + body + guess * COPIES;
  }

  /** As {@link #enter}, for a call whose bytes pass through. */
  public @Nullable Future<Void> enterStream() {
    return more(() -> STREAM);
  }

  /** Asks for {@code bytes} more of a body that is gathered. */
  public @Nullable Future<Void> moreBody(long bytes) {
    long all = bytes * COPIES;
    return more(() -> all);
  }

  private @Nullable Future<Void> more(LongSupplier bytes) {
    if (lease.tryReserve(bytes.getAsLong())) {
      return null;
    }
    ContextInternal context = ContextInternal.current();
    if (context == null) {
      return Future.failedFuture(new IllegalStateException("not on an event loop"));
    }
    PromiseInternal<Void> promise = context.promise();
    return switch (lease.reserve(
        bytes, promise::tryComplete, () -> promise.tryFail(refusal(ledger)))) {
      case GRANTED -> null;
      case WAITS -> promise.future();
      case REFUSED -> Future.failedFuture(refusal(ledger));
    };
  }

  /**
   * Asks for what {@code bytes} of an answer take that has come in parts, as far as the call does
   * not hold it yet: what was expected of the whole was asked for in the beginning.
   *
   * @param bytes of all parts so far
   */
  public @Nullable Future<Void> gathered(long bytes) {
    long missing = CALL + body + bytes * COPIES - lease.held();
    return missing <= 0 ? null : more(() -> missing);
  }

  private static Throwable refusal(MemoryLedger ledger) {
    String held = ledger.held() / 1024 + " KiB held, more than a fair share of scarce memory";
    return AdmissionErrors.of(new Admission.Refused(Reason.MEMORY, held, 1_000)).exception();
  }

  /** The body is here, whole. */
  public void bodyRead(long length) {
    String read = READ_AFTER_WRITE.get(operation);
    if (read != null) {
      ledger.expectations().saw(read, length);
    }
  }

  /**
   * The answer is there, and is all that the call holds from now on. One that is larger than
   * expected is not kept when its tenant holds too much already: what it reads suddenly, of values
   * written long ago, must not fill the heap before anybody could know.
   *
   * @return null: go on. Else the error to answer, and the answer is to be dropped
   */
  public @Nullable Throwable answer(long length) {
    saw(length);
    if (length <= SMALL_BODY) {
      if (lease.held() > CALL + SMALL_BODY || lease.held() < CALL + length) {
        lease.holdExactly(
            CALL + length); // a little too much for a moment costs less than exactness
      }
      return null;
    }
    return lease.tryHoldExactly(CALL + length) ? null : refusal(ledger);
  }

  private void saw(long length) {
    if (!answered) {
      answered = true;
      ledger.expectations().saw(operation, length);
    }
  }

  /** Something else goes on for this call: it is over when that is, too. */
  public void begins() {
    parts++;
  }

  /** Its client has the answer, or has left: what it waits for it gets no more. */
  public void over() {
    lease.giveUp();
    ends();
  }

  /** Something of it is over; with the last of these the call holds nothing any more. */
  public void ends() {
    if (--parts == 0) {
      if (unknown) {
        ledger.expectations().endUnknown();
        saw(0);
      }
      lease.close();
    }
  }

  /** Bytes that the call holds now. */
  public long held() {
    return lease.held();
  }

  /** What its tenant holds. */
  public MemoryLedger ledger() {
    return ledger;
  }
}
