package io.jitney.daemon.isolation;

import io.jitney.tenancy.fair.FairQueue;
import io.jitney.tenancy.fair.Turn;
import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop, shared by tenants. Measures for whom the loop works, and decides which request is
 * next when there are more than it can do at once.
 *
 * <p>A request runs at once while nobody waits and the loop has not worked for longer than a slice
 * since it was last idle or served the queue. From then on requests wait by tenant; the queue is
 * served a slice at a time, by what each tenant has cost the loop for its weight, and the loop
 * looks after its connections between slices. So a tenant that floods the loop waits behind itself,
 * and work that cannot wait (chunks of bodies, answers of stores) is charged to it all the same.
 *
 * <p>Threads: its event loop, but for {@link #busyNanos} and {@link #busyWith}.
 */
public final class LoopGate {
  /** How long the loop works for requests before it looks after its connections. */
  static final long SLICE_NANOS = 500_000;

  /** Nobody should have the loop for longer than this at a stretch. */
  static final long LONG_NANOS = 1_000_000;

  /** Requests of one tenant that may wait on this loop, and of all. */
  private static final int WAITING_PER_TENANT = 4_096;

  private static final int WAITING = 16_384;

  /** Bytes read that may wait on a loop, about. */
  private static final long MOST_HELD = 16 << 20;

  /**
   * When a tenant's oldest request has waited for so long, it is the newest's turn: clients give up
   * after a second or so, and in their order all of them would be served just too late.
   */
  static final long STANDING_NANOS = 300_000_000;

  private static final long WORK_WAIT_NANOS = 60_000_000_000L;

  private static final VarHandle CURRENT;
  private static final VarHandle BEGUN;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CURRENT = lookup.findVarHandle(LoopGate.class, "current", Account.class);
      BEGUN = lookup.findVarHandle(LoopGate.class, "begun", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Is told of stretches that were too long; on the loop. */
  interface LongSlices {
    void tooLong(Account account, long nanos);
  }

  private final EventLoop loop;
  private final LongSlices longSlices;
  private final FairQueue queue = new FairQueue(WAITING_PER_TENANT, WAITING, 0, STANDING_NANOS);

  // Written on the loop, opaquely, for the watchdog's sake.
  private @Nullable Account current;
  private long begun;

  private long since;
  private long worked;
  private boolean scheduled;
  private boolean inTurn;
  private long held;

  LoopGate(EventLoop loop, LongSlices longSlices) {
    this.loop = loop;
    this.longSlices = longSlices;
  }

  EventLoop loop() {
    return loop;
  }

  /** Whether the calling thread is this loop's. */
  public boolean isHere() {
    return loop.inEventLoop();
  }

  /**
   * The loop works for an account from now on.
   *
   * @return for whom it worked until now, to be given to {@link #end}; null: for nobody
   */
  public @Nullable Account begin(Account account) {
    Account outer = current;
    if (outer == account) {
      return outer;
    }
    long now = System.nanoTime();
    if (outer == null) {
      BEGUN.setOpaque(this, now);
    } else {
      charge(outer, now - since);
    }
    since = now;
    CURRENT.setOpaque(this, account);
    return outer;
  }

  /** Ends what {@link #begin} began. */
  public void end(@Nullable Account outer) {
    Account now = current;
    if (now == outer || now == null) {
      return;
    }
    long end = System.nanoTime();
    charge(now, end - since);
    since = end;
    CURRENT.setOpaque(this, outer);
    if (outer == null) {
      long stretch = end - begun;
      BEGUN.setOpaque(this, 0L);
      if (stretch > LONG_NANOS) {
        now.usage().longSlice();
        longSlices.tooLong(now, stretch);
      }
    }
  }

  /** What the loop has been doing since {@link #begin} turns out to be on this account. */
  void become(Account account) {
    if (current != null) {
      CURRENT.setOpaque(this, account);
    }
  }

  private void charge(Account account, long nanos) {
    worked += nanos;
    account.usage().loop(nanos);
    queue.charge(account.share(), nanos);
  }

  /** Whether a request may run at once; if not, it has to {@link #await}. */
  public boolean isFree() {
    return inTurn || (!queue.hasNext() && hasTime());
  }

  /** Whether a call of the account may begin at once; if not, it has to {@link #await}. */
  public boolean isFree(Account account) {
    return queue.mayBegin(account.share()) && isFree();
  }

  /** An account may perhaps begin calls that it could not. Any thread. */
  void released(Account account) {
    if (!loop.isShuttingDown()) {
      loop.execute(() -> release(account));
    }
  }

  private void release(Account account) {
    queue.release(account.share());
    schedule();
  }

  /** A call of the account begins; {@link #ends} has to follow. On the loop. */
  void begins(Account account) {
    queue.begins(account.share());
  }

  /** A call of the account that has begun here is over. On the loop. */
  void ends(Account account) {
    queue.ends(account.share());
    if (account.share().mostBegun() != 0) {
      schedule();
    }
  }

  /** Whether the loop may go on with what it is at, before it looks after its connections. */
  boolean hasTime() {
    long running = current == null ? 0 : System.nanoTime() - since;
    return worked + running < SLICE_NANOS;
  }

  /**
   * As {@link #begin}, for all that comes of one turn: what is asked for in it needs no other.
   *
   * @return to be given to {@link #endTurn}
   */
  @Nullable Account beginTurn(Account account) {
    inTurn = true;
    return begin(account);
  }

  /** Ends what {@link #beginTurn} began. */
  void endTurn(@Nullable Account outer) {
    inTurn = false;
    end(outer);
  }

  /** Whether the loop has more to do than it can at once. */
  boolean isContended() {
    return queue.hasNext();
  }

  /**
   * Lets a request wait for its turn. It is refused, now or later, when too many wait or its time
   * is over.
   *
   * @param deadlineNanos {@link System#nanoTime()} value after which nobody waits for it
   */
  public void await(Account account, Turn turn, long deadlineNanos) {
    Turn loser = queue.offer(account.share(), turn, 0, deadlineNanos, System.nanoTime());
    if (loser != null) {
      loser.refuse();
    }
    schedule();
  }

  private void schedule() {
    if (!scheduled && queue.hasNext()) {
      scheduled = true;
      loop.execute(this::serve); // after what the loop is at, before it asks its connections again
    }
  }

  /** Does a piece of work in a context of this loop, now or when its account's turn comes. */
  void runInTurn(Account account, ContextInternal home, Runnable work) {
    WorkTurn turn = new WorkTurn(account, home, work);
    if (isFree()) {
      turn.start();
    } else {
      await(account, turn, System.nanoTime() + WORK_WAIT_NANOS);
    }
  }

  /** What has to be done sooner or later, for somebody waits to hear of it. */
  private final class WorkTurn extends Turn {
    private final Account account;
    private final ContextInternal home;
    private final Runnable work;

    WorkTurn(Account account, ContextInternal home, Runnable work) {
      this.account = account;
      this.home = home;
      this.work = work;
    }

    @Override
    protected void start() {
      Account outer = begin(account);
      try {
        home.emit(null, none -> work.run());
      } finally {
        end(outer);
      }
    }

    @Override
    protected boolean goesOn() {
      return true;
    }

    @Override
    protected void refused(Refusal why) {
      start(); // there is no refusing what has happened
    }
  }

  /** Bytes that were read and wait for a turn are more or fewer. */
  void holds(int change) {
    held += change;
  }

  /** Whether so much waits that nothing more should be read. */
  boolean holdsMuch() {
    return held >= MOST_HELD;
  }

  /** Takes back a request that waits. */
  public void cancel(Turn turn) {
    queue.cancel(turn);
  }

  /** Requests that wait on this loop. */
  int waiting() {
    return queue.queued();
  }

  private void serve() {
    // Scheduled until its end: who has to wait again within a turn must not bring about a second
    // round, or rounds multiply and connections are not looked after between them.
    worked = 0;
    try {
      long now = System.nanoTime();
      while (worked < SLICE_NANOS && queue.serve(now)) {
        // each charges what it took
      }
    } finally {
      served();
    }
  }

  private void served() {
    if (!queue.hasNext()) {
      scheduled = false;
      worked = 0;
    } else {
      // A timed task is taken up only after the connections were asked; a plain one before.
      var _ = loop.schedule(this::serve, 0, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * For how long the loop has been at what it is at; 0: at nothing that is measured. Any thread.
   */
  long busyNanos() {
    long start = (long) BEGUN.getOpaque(this);
    return start == 0 ? 0 : Math.max(0, System.nanoTime() - start);
  }

  /** For whom the loop works now. Any thread. */
  @Nullable Account busyWith() {
    return (Account) CURRENT.getOpaque(this);
  }
}
