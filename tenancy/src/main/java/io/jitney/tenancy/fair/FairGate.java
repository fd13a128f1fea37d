package io.jitney.tenancy.fair;

import io.jitney.tenancy.fair.Turn.Refusal;
import io.jitney.tenancy.fair.Turn.State;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Places toward one contended resource. A call that finds a place begins at once; otherwise it
 * waits in its flow's bounded queue, and freed places go round by {@link FairQueue}.
 * Work-conserving: no place is empty while a call waits that may have it.
 *
 * <p>A flow below its floor is served first, and may begin on one of a few places that are kept in
 * reserve for that, so that its floor holds also while others' slow calls have all places.
 *
 * <p>Threads: any. {@link Turn#start} and {@link Turn#refused} are called outside of all locks, on
 * the thread that made room (or inside {@link #enter}), one at a time but for those inside {@code
 * enter}: who needs a thread of its own goes there by itself.
 */
public final class FairGate {
  /**
   * How much a gate holds.
   *
   * @param places calls at one time
   * @param reserve further places that only flows below their floor get
   * @param floorOfEach a floor that every flow has, if it has no higher one
   * @param queuePerFlow calls of one flow that may wait
   * @param queueTotal calls that may wait together
   * @param standingNanos how long a flow's oldest call has waited when its newest ones are served
   *     first from then on; 0: calls keep their order
   */
  public record Settings(
      int places,
      int reserve,
      int floorOfEach,
      int queuePerFlow,
      int queueTotal,
      long standingNanos) {
    public Settings {
      if (places < 1 || reserve < 0 || floorOfEach < 0 || queuePerFlow < 1 || queueTotal < 1) {
        throw new IllegalArgumentException("a gate needs places and room to wait");
      }
    }

    /** Without a floor for everyone. */
    public Settings(int places, int reserve, int queuePerFlow, int queueTotal) {
      this(places, reserve, 0, queuePerFlow, queueTotal, 0);
    }
  }

  /**
   * What happens at a gate; a snapshot.
   *
   * @param places calls it lets through at one time
   * @param running calls that are through and not done
   * @param queued calls that wait
   */
  public record Status(int places, int running, int queued) {}

  private final LongSupplier clock;
  private final FairQueue queue;
  private final int reserve;

  // Guarded by this.
  private final ArrayDeque<Turn> toTell = new ArrayDeque<>();
  private int places;
  private int running;
  private boolean delivering;
  private boolean closed;

  public FairGate(Settings settings) {
    this(settings, System::nanoTime);
  }

  /** For tests that bring their own time. */
  public FairGate(Settings settings, LongSupplier nanoClock) {
    this.clock = nanoClock;
    this.queue =
        new FairQueue(
            settings.queuePerFlow(),
            settings.queueTotal(),
            settings.floorOfEach(),
            settings.standingNanos());
    this.places = settings.places();
    this.reserve = settings.reserve();
  }

  /**
   * Asks for a place. The turn is started before this returns, or later, or refused; whoever was
   * started says {@link #done} once.
   *
   * @param costHintNanos what the call is going to cost; 0: as the flow's calls usually do
   * @param deadlineNanos {@link System#nanoTime()} value after which nobody waits for it; counts
   *     while it waits for its place only
   */
  public void enter(Flow flow, Turn turn, long costHintNanos, long deadlineNanos) {
    if (turn.state != State.NEW) {
      throw new IllegalStateException("a turn is good for one call");
    }
    @Nullable Turn told = turn;
    synchronized (this) {
      if (closed) {
        turn.state = State.OVER;
        turn.refusal = Refusal.CLOSED;
      } else if (mayBegin(flow)) {
        running++;
        queue.begin(flow, turn, costHintNanos);
      } else {
        told = queue.offer(flow, turn, costHintNanos, deadlineNanos, clock.getAsLong());
      }
    }
    if (told != null) {
      tell(told);
    }
  }

  private boolean mayBegin(Flow flow) {
    if (running < places) {
      return !queue.hasNext() && queue.unhindered(flow);
    }
    return running < places + reserve && queue.needy(flow) && !queue.nextIsNeedy();
  }

  /**
   * Gives the place back and charges what the call cost. A second time does nothing.
   *
   * @param costNanos what was measured: time at the resource, as a rule
   */
  public void done(Turn turn, long costNanos) {
    synchronized (this) {
      if (!queue.done(turn, costNanos)) {
        return;
      }
      running--;
      fill();
    }
    deliver();
  }

  /** Takes a call back that still waits: true, and it is neither started nor refused. */
  public synchronized boolean cancel(Turn turn) {
    return queue.cancel(turn);
  }

  /** Charges a flow for what it has cost the resource beside its calls. */
  public synchronized void charge(Flow flow, long costNanos) {
    queue.charge(flow, costNanos);
  }

  /** Changes how many calls are let through; those that are through go on. */
  public void places(int places) {
    if (places < 1) {
      throw new IllegalArgumentException("a gate needs places");
    }
    synchronized (this) {
      this.places = places;
      fill();
    }
    deliver();
  }

  /**
   * Refuses the calls whose deadline has passed, or that nobody wants. Their turns find that out by
   * themselves when they come; this is for queues that do not move. To be called now and then.
   */
  public void expire() {
    synchronized (this) {
      if (queue.queued() == 0) {
        return;
      }
      queue.drop(clock.getAsLong(), false, toTell::add);
    }
    deliver();
  }

  /** Refuses who waits and who comes; calls that are through go on. */
  public void close() {
    synchronized (this) {
      closed = true;
      queue.drop(0, true, toTell::add);
    }
    deliver();
  }

  public synchronized Status status() {
    return new Status(places, running, queue.queued());
  }

  /** Calls of a flow that wait. */
  public synchronized int queued(Flow flow) {
    return queue.queued(flow);
  }

  /** Gives free places to those who wait. */
  private void fill() {
    if (closed) {
      return;
    }
    long now = queue.queued() == 0 ? 0 : clock.getAsLong();
    while (running < places || (running < places + reserve && queue.nextIsNeedy())) {
      Turn turn = queue.next(now);
      if (turn == null) {
        return;
      }
      if (turn.refusal == null) {
        running++;
      }
      toTell.add(turn);
    }
  }

  /**
   * Tells those whose turn it is. A call that is done before its start returns comes here again,
   * inside of itself; its successor then is the outer one's to start, or a long queue would
   * overflow the stack.
   */
  private void deliver() {
    synchronized (this) {
      if (delivering || toTell.isEmpty()) {
        return;
      }
      delivering = true;
    }
    while (true) {
      Turn turn;
      synchronized (this) {
        turn = toTell.poll();
        if (turn == null) {
          delivering = false;
          return;
        }
      }
      tell(turn);
    }
  }

  private void tell(Turn turn) {
    Refusal refusal = turn.refusal;
    try {
      if (refusal == null) {
        turn.start();
      } else {
        turn.refused(refusal);
      }
    } catch (RuntimeException broken) {
      done(turn, 0); // a place must not be lost with a call that could not begin
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, broken);
    }
  }
}
