package io.jitney.tenancy.fair;

import io.jitney.tenancy.fair.Turn.Refusal;
import io.jitney.tenancy.fair.Turn.State;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waiting calls of many flows, in the order of start-time fair queueing: the next call is one of
 * the flow that has had the least service for its weight. Service is what calls cost in the end;
 * until that is known, what the flow's calls cost on average.
 *
 * <p>Virtual time is the service of the flow that was served last. A flow that comes after a pause
 * begins there, so that nobody saves up credit; but not before what it still owes for calls that
 * cost more than was expected.
 *
 * <p>Costs are in nanoseconds, or in any other unit that all flows are charged in.
 *
 * <p>Threads: one at a time, which is the owner's to see to. O(log n) for n flows that wait.
 */
public final class FairQueue {
  /** What the first call of the first flow is thought to cost. */
  private static final double FIRST_ESTIMATE = 10_000;

  /** Nothing costs less. */
  private static final double LEAST_COST = 1_000;

  /** A debt that outlasts a pause, at most, in cost: no single call locks its flow out for long. */
  private static final double MOST_DEBT = 1e9;

  private static final int LANES_BEFORE_SWEEP = 64;

  private final int perFlow;
  private final int total;
  private final int floorOfEach;
  private final long standingNanos;
  private final Map<Flow, Lane> lanes = new HashMap<>();
  private final LaneHeap ready = new LaneHeap();
  private double virtualTime;
  private double average = FIRST_ESTIMATE;
  private int queued;
  private long waitingWeight;
  private int sweepAt = LANES_BEFORE_SWEEP;
  private int sweeps;

  /**
   * @param perFlow calls of one flow that may wait
   * @param total calls that may wait together
   */
  public FairQueue(int perFlow, int total) {
    this(perFlow, total, 0, 0);
  }

  /**
   * A queue that serves the newest call of a flow first once its oldest has waited for too long.
   *
   * @param perFlow calls of one flow that may wait
   * @param total calls that may wait together
   * @param floorOfEach a floor that every flow has, if it has no higher one
   * @param standingNanos how long is too long; 0: a flow's calls keep their order
   */
  public FairQueue(int perFlow, int total, int floorOfEach, long standingNanos) {
    if (perFlow < 1 || total < 1) {
      throw new IllegalArgumentException("a queue needs room for at least one call");
    }
    this.perFlow = perFlow;
    this.total = total;
    this.floorOfEach = floorOfEach;
    this.standingNanos = standingNanos;
  }

  /** Calls that wait. */
  public int queued() {
    return queued;
  }

  /** Calls of a flow that wait. */
  public int queued(Flow flow) {
    Lane lane = lanes.get(flow);
    return lane == null ? 0 : lane.queued;
  }

  /** Flows that are known: those that have calls, and some that had. */
  int flows() {
    return lanes.size();
  }

  /** Whether there is a call that {@link #next} would give. */
  public boolean hasNext() {
    return ready.top() != null;
  }

  /** Whether the next call is one that a floor guarantees. */
  boolean nextIsNeedy() {
    Lane top = ready.top();
    return top != null && top.needy;
  }

  /** Whether a call of the flow would be below its floor, with none of its calls waiting. */
  boolean needy(Flow flow) {
    int floor = floor(flow);
    if (floor == 0) {
      return false;
    }
    Lane lane = lanes.get(flow);
    return lane == null || (lane.queued == 0 && lane.running < floor);
  }

  private int floor(Flow flow) {
    int ceiling = flow.ceiling();
    int floor = Math.max(floorOfEach, flow.floor());
    return ceiling == 0 ? floor : Math.min(ceiling, floor);
  }

  /** Whether a call of the flow may begin now as far as its own calls go. */
  boolean unhindered(Flow flow) {
    Lane lane = lanes.get(flow);
    return lane == null || (lane.queued == 0 && lane.belowCeiling());
  }

  /** Begins a call without waiting: there is room and nobody is before it. */
  public void begin(Flow flow, Turn turn, long costHint) {
    Lane lane = arrive(flow);
    turn.lane = lane;
    turn.estimate = estimate(lane, costHint);
    begin(lane, turn);
  }

  /**
   * Lets a call wait. When no more calls may wait together, it takes the place of the last call of
   * the flow that has most of them for its weight, if that is not its own.
   *
   * @param costHint what it is going to cost; 0: as usual
   * @param deadlineNanos on the clock that {@link #next} is told
   * @param nowNanos on the same clock
   * @return the call that can not wait any longer, over and to be told by the caller: another one,
   *     or this; null when there is room
   */
  public @Nullable Turn offer(
      Flow flow, Turn turn, long costHint, long deadlineNanos, long nowNanos) {
    Lane lane = arrive(flow);
    Turn loser = null;
    if (lane.queued >= perFlow) {
      loser = turn;
    } else if (queued >= total) {
      loser = lastOfLongest(lane, turn);
    }
    if (loser != null) {
      loser.refusal = Refusal.QUEUE_FULL;
    }
    if (loser == turn) {
      turn.state = State.OVER;
      return turn;
    }
    if (loser != null) {
      cancel(loser);
    }
    turn.lane = lane;
    turn.estimate = estimate(lane, costHint);
    turn.deadlineNanos = deadlineNanos;
    turn.enteredNanos = nowNanos;
    turn.state = State.QUEUED;
    lane.append(turn);
    queued++;
    settle(lane);
    return loser;
  }

  /** O(flows), for a full queue only. */
  private Turn lastOfLongest(Lane lane, Turn turn) {
    double most = (lane.queued + 1.0) / lane.flow.weight();
    Turn last = turn;
    for (Lane other : lanes.values()) {
      double length = (double) other.queued / other.flow.weight();
      Turn its = other.last();
      if (length > most && other != lane && its != null) {
        most = length;
        last = its;
      }
    }
    return last;
  }

  /**
   * The call whose turn it is, begun; null when none can. One whose deadline has passed, or that
   * nobody wants any more, comes with its {@link Turn#refusal} set and is over.
   */
  @Nullable Turn next(long nowNanos) {
    Lane lane = ready.top();
    Turn turn = null;
    while (lane != null && (turn = lane.upNext(nowNanos, standingNanos)) == null) {
      settle(lane); // it may begin no more calls since it was placed there
      lane = ready.top();
    }
    if (lane == null || turn == null) {
      return null;
    }
    lane.unlink(turn);
    queued--;
    if (isLate(turn, nowNanos)) {
      turn.state = State.OVER;
      turn.refusal = Refusal.DEADLINE;
      settle(lane);
    } else {
      begin(lane, turn);
    }
    return turn;
  }

  private static boolean isLate(Turn turn, long nowNanos) {
    return nowNanos - turn.deadlineNanos >= 0 || !turn.isWanted();
  }

  private void begin(Lane lane, Turn turn) {
    // Out of its order, by its floor: that says nothing about how far the others have come.
    if (!lane.needy || ready.size() <= 1) {
      virtualTime = Math.max(virtualTime, lane.tag);
    }
    lane.tag += turn.estimate / weight(lane);
    lane.running++;
    turn.state = State.RUNNING;
    settle(lane);
  }

  /** Ends a call that has begun and charges what it cost. False if it is not one. */
  public boolean done(Turn turn, long cost) {
    Lane lane = turn.lane;
    if (turn.state != State.RUNNING || lane == null) {
      return false;
    }
    turn.state = State.OVER;
    double real = Math.max(LEAST_COST, cost);
    lane.learn(real);
    average += (real - average) / 64;
    lane.running--;
    lane.tag += (real - turn.estimate) / weight(lane);
    settle(lane);
    return true;
  }

  /**
   * Starts the next call, or refuses it, and counts it as over: for an owner that charges what it
   * costs by {@link #charge}.
   *
   * @return false when none waits
   */
  public boolean serve(long nowNanos) {
    Turn turn = next(nowNanos);
    if (turn == null) {
      return false;
    }
    Refusal refusal = turn.refusal;
    if (refusal == null) {
      done(turn, (long) LEAST_COST);
      turn.start();
    } else {
      turn.refused(refusal);
    }
    return true;
  }

  /** Whether a flow may have one more call begun ({@link Flow#mostBegun}). */
  public boolean mayBegin(Flow flow) {
    if (flow.mostBegun() == 0) {
      return true;
    }
    Lane lane = lanes.get(flow);
    return lane == null || lane.mayBegin();
  }

  /** A call of the flow begins; {@link #ends} follows. */
  public void begins(Flow flow) {
    arrive(flow).begun++;
  }

  /** A call of the flow that has begun is over. */
  public void ends(Flow flow) {
    Lane lane = lanes.get(flow);
    if (lane != null) {
      lane.begun--;
      if (flow.mostBegun() != 0) {
        settle(lane);
      }
    }
  }

  /** A flow whose {@link Flow#mostBegun} was raised perhaps can begin calls now. */
  public void release(Flow flow) {
    Lane lane = lanes.get(flow);
    if (lane != null) {
      settle(lane);
    }
  }

  /** Charges a flow for what it has cost beside its calls here. */
  public void charge(Flow flow, long cost) {
    Lane lane = lanes.get(flow);
    if (lane == null || lane.queued == 0) {
      lane = arrive(flow);
      if (queued == 0) { // nobody wants what it takes, so it owes nobody for what it has had
        virtualTime = Math.max(virtualTime, lane.tag);
      }
    }
    lane.tag += cost / weight(lane);
    if (lane.heapIndex >= 0) {
      ready.place(lane);
    }
  }

  /** Takes a call out that waits. False if it does not. */
  public boolean cancel(Turn turn) {
    Lane lane = turn.lane;
    if (turn.state != State.QUEUED || lane == null) {
      return false;
    }
    lane.unlink(turn);
    queued--;
    turn.state = State.OVER;
    settle(lane);
    return true;
  }

  /**
   * Takes out every call whose deadline has passed or that nobody wants, or with {@code all} every
   * one, its {@link Turn#refusal} set. O(calls that wait).
   */
  void drop(long nowNanos, boolean all, Consumer<Turn> dropped) {
    for (Lane lane : lanes.values()) {
      Turn after;
      for (Turn turn = lane.first(); turn != null; turn = after) {
        after = lane.after(turn);
        if (all || isLate(turn, nowNanos)) {
          cancel(turn);
          turn.refusal = all ? Refusal.CLOSED : Refusal.DEADLINE;
          dropped.accept(turn);
        }
      }
    }
  }

  /** The weight that gives the flow its least share among those that wait, if its own does not. */
  private double weight(Lane lane) {
    int own = lane.flow.weight();
    double share = lane.flow.minShare();
    return share == 0
        ? own
        : Math.max(own, share / (1 - share) * (waitingWeight - lane.countedWeight));
  }

  /** The flow's lane, its service brought up to virtual time if nothing of it waits. */
  private Lane arrive(Flow flow) {
    Lane lane = lanes.get(flow);
    if (lane == null) {
      if (lanes.size() >= sweepAt) {
        sweep();
      }
      lane = new Lane(flow);
      lane.tag = virtualTime;
      lanes.put(flow, lane);
    } else if (lane.queued == 0) {
      double most = virtualTime + MOST_DEBT / flow.weight();
      lane.tag = Math.clamp(lane.tag, virtualTime, most);
    }
    lane.usedAtSweep = sweeps;
    return lane;
  }

  /** Forgets flows that have no calls, and had none since the last time. */
  private void sweep() {
    int now = sweeps++;
    lanes
        .values()
        .removeIf(
            lane ->
                lane.queued == 0 && lane.running == 0 && lane.begun == 0 && lane.usedAtSweep < now);
    sweepAt = Math.max(LANES_BEFORE_SWEEP, 2 * lanes.size());
  }

  private double estimate(Lane lane, long hint) {
    double usual = lane.average > 0 ? lane.average : average;
    return Math.max(LEAST_COST, hint > 0 ? hint : usual);
  }

  /** Puts a lane where it belongs after a change. */
  private void settle(Lane lane) {
    int weight = lane.hasNext() ? lane.flow.weight() : 0;
    waitingWeight += weight - lane.countedWeight;
    lane.countedWeight = weight;
    lane.needy = lane.running < floor(lane.flow);
    if (lane.hasNext() && lane.belowCeiling()) {
      ready.place(lane);
    } else {
      ready.remove(lane);
    }
  }
}
