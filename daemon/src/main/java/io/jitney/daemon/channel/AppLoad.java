package io.jitney.daemon.channel;

import io.jitney.daemon.isolation.Account;
import io.jitney.tenancy.fair.AdaptiveLimit;
import io.jitney.tenancy.fair.FairGate;
import io.jitney.tenancy.fair.Flow;
import io.jitney.tenancy.fair.Turn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one app instance: how many are on their way, and how many may be. A call over the
 * limit waits; places go round among the calling apps by weight and by how long their calls take.
 * At most {@value #MAX_WAITING} wait, none longer than {@value #MAX_WAIT_MILLIS} ms.
 *
 * <p>The limit is {@code app-max-concurrency}. Without it the app gets as many calls as its
 * connections take, as from daprd; only when its answers become slower while calls pile up, or when
 * it answers nobody and callers leave, it gets fewer, down to {@value #LEAST_PLACES}, so that apps
 * that call it modestly find it reachable.
 *
 * <p>Threads: any. A waiting call goes on in its own context.
 */
public final class AppLoad {
  static final int MAX_WAITING = 4096;
  static final long MAX_WAIT_MILLIS = 600_000;

  /** An app without a limit is never kept to fewer calls than these. */
  static final int LEAST_PLACES = 256;

  /** What the connections to an app take. */
  static final int MOST_PLACES = 1024;

  /** Of these, each calling app gets some although all others are taken. */
  private static final int RESERVE = 128;

  private static final int RESERVE_OF_EACH = 4;

  private final Vertx vertx;
  private final int limit;
  private final LongSupplier clock;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final @Nullable FairGate gate;
  private final @Nullable AdaptiveLimit adaptive;
  private final @Nullable Flow everybody;

  /** When the app last began an answer; 0: not yet. Nanoseconds of the clock. */
  private volatile long lastAnswerNanos;

  /**
   * @param limit calls at once; 0 or less: no limit
   * @param fair whether places go round among the calling apps; if not, first come, first served,
   *     and no limit but the given one
   */
  public AppLoad(Vertx vertx, int limit, boolean fair) {
    this(vertx, limit, fair, System::nanoTime);
  }

  /** For tests that bring their own time; waiting has the system's. */
  AppLoad(Vertx vertx, int limit, boolean fair, LongSupplier nanoClock) {
    this.vertx = vertx;
    this.limit = limit;
    this.clock = nanoClock;
    this.everybody = fair ? null : new Flow("everybody");
    if (limit > 0) {
      gate = new FairGate(new FairGate.Settings(limit, 0, MAX_WAITING, MAX_WAITING));
      adaptive = null;
    } else if (fair) {
      gate =
          new FairGate(
              new FairGate.Settings(
                  MOST_PLACES, RESERVE, RESERVE_OF_EACH, MAX_WAITING, 2 * MAX_WAITING, 0));
      adaptive = new AdaptiveLimit(LEAST_PLACES, MOST_PLACES, MOST_PLACES, nanoClock);
    } else {
      gate = null;
      adaptive = null;
    }
  }

  /** Calls on their way to the app or waiting for it. */
  public int inFlight() {
    return inFlight.get();
  }

  /** A call that the limit does not hold for; it counts as load. */
  public Slot enterUnlimited(Account caller) {
    inFlight.incrementAndGet();
    return new Slot(caller, null);
  }

  /** A call that takes one of the places; release it when the answer was consumed. */
  public Slot enter(Account caller) {
    inFlight.incrementAndGet();
    Slot slot = new Slot(caller, gate);
    FairGate places = gate;
    if (places != null) {
      Flow flow = everybody == null ? caller.share() : everybody;
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS);
      places.enter(flow, slot, 0, deadline);
      slot.awaitIfQueued();
    }
    return slot;
  }

  /** Refuses calls that wait in vain; to be called now and then. */
  void expire() {
    FairGate places = gate;
    if (places != null) {
      places.expire();
    }
  }

  /** Refuses who waits and who comes; calls at the app go on. */
  public void close() {
    FairGate places = gate;
    if (places != null) {
      places.close();
    }
  }

  /** One call's place. */
  public final class Slot extends Turn {
    private final Account account;
    private final @Nullable FairGate from;
    private final @Nullable ContextInternal home = ContextInternal.current();
    private final AtomicBoolean released = new AtomicBoolean();

    // Guarded by this.
    private @Nullable Promise<Void> waiting;
    private @Nullable RuntimeException refusal;
    private boolean begun;
    private long timer = -1;

    private volatile long begunNanos;
    private volatile boolean answered;

    private Slot(Account account, @Nullable FairGate from) {
      this.account = account;
      this.from = from;
    }

    /** On whose account the call is. */
    Account account() {
      return account;
    }

    private synchronized void awaitIfQueued() {
      if (!begun && refusal == null) {
        waiting = Promise.promise();
        timer = vertx.setTimer(MAX_WAIT_MILLIS, late -> expire());
      }
    }

    @Override
    protected void start() {
      begunNanos = clock.getAsLong();
      Promise<Void> waited;
      synchronized (this) {
        begun = true;
        waited = waiting;
      }
      if (waited != null) {
        vertx.cancelTimer(timer);
        account.run(home, waited::tryComplete);
      }
    }

    @Override
    protected void refused(Refusal why) {
      RuntimeException cause =
          switch (why) {
            case QUEUE_FULL ->
                new AppBusyException("too many calls wait for the app (" + limitText() + ")");
            case DEADLINE ->
                new AppBusyException("waited too long for the app (" + limitText() + ")");
            case CLOSED -> new ChannelClosedException();
          };
      Promise<Void> waited;
      synchronized (this) {
        refusal = cause;
        waited = waiting;
      }
      if (waited != null) {
        vertx.cancelTimer(timer);
        account.run(home, () -> waited.tryFail(cause));
      }
    }

    /** Null when the call may go on at once; else completes when it may, or fails. */
    public synchronized @Nullable Future<Void> turn() {
      RuntimeException refused = refusal;
      if (refused != null) {
        return Future.failedFuture(refused);
      }
      Promise<Void> promise = waiting;
      return promise == null ? null : promise.future();
    }

    /** The app has begun to answer. To be told before {@link #release}. */
    void answered() {
      answered = true;
      lastAnswerNanos = clock.getAsLong();
    }

    /** Gives the place back, or stops waiting for it; a second time does nothing. */
    public void release() {
      if (!released.compareAndSet(false, true)) {
        return;
      }
      inFlight.decrementAndGet();
      if (from == null) {
        return;
      }
      if (from.cancel(this)) {
        refused(Refusal.CLOSED); // nobody listens any more; cancels the timer
        return;
      }
      long nanos = clock.getAsLong() - begunNanos;
      learn(nanos);
      from.done(this, nanos);
    }

    private void learn(long nanos) {
      AdaptiveLimit known = adaptive;
      FairGate places = from;
      if (known != null && places != null && begun()) {
        int running = places.status().running();
        // Below the least there is nothing to find out.
        if (running >= LEAST_PLACES / 2 || known.limit() < MOST_PLACES) {
          if (known.sample(nanos, running, outcome())) {
            places.places(known.limit());
          }
        }
      }
    }

    /**
     * Who left an app that has answered nobody since had asked one call too many. Who left an app
     * that answers others says nothing: their own patience may be short.
     */
    private AdaptiveLimit.Outcome outcome() {
      if (answered) {
        return AdaptiveLimit.Outcome.ANSWERED;
      }
      long last = lastAnswerNanos;
      return last == 0 || last - begunNanos < 0
          ? AdaptiveLimit.Outcome.OVERLOADED
          : AdaptiveLimit.Outcome.UNKNOWN;
    }

    private synchronized boolean begun() {
      return begun;
    }
  }

  private String limitText() {
    return limit > 0 ? "app-max-concurrency " + limit : "it answers too slowly";
  }
}
