package io.jitney.components.redis;

import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.GatedCall.Refusal;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One connection of one event loop and pool key: opened by the first call, closed when idle, opened
 * again by the next.
 *
 * <p>A gate in front lets so many works through as keep the server busy and no more: what waits,
 * waits there, in its flow's turn, and not in the pipeline, where nobody can overtake or take back.
 * A work keeps its place until the server has answered it, also when its caller has left.
 *
 * <p>Calls of one turn of the loop are written together. Every call has a deadline. All methods run
 * on the loop except {@link #connections()} and {@link #close()}.
 */
final class RedisLane implements LaneLink.Listener {
  /** Works that wait or are under way, with or without a gate that counts too. */
  private static final int MAX_CALLS = 16_384;

  /** Works that are written, or fail, in one turn of the loop. */
  private static final int PER_TURN = 256;

  private static final long SWEEP_MILLIS = 50;

  private final EventLoop eventLoop;
  private final RedisSettings settings;
  private final CallGate gate;
  private final Costs costs;
  private final LaneLink link;
  private final long readNanos;

  /** To be written at the end of this turn, or when the connection is there. */
  private final ArrayDeque<Passage> pending = new ArrayDeque<>();

  /** Written and not known to be over, oldest first. */
  private final ArrayDeque<Passage> underWay = new ArrayDeque<>();

  /** Works that came while there was no connection to be had. */
  private final ArrayDeque<Passage> failing = new ArrayDeque<>();

  private int calls;
  private boolean flushing;
  private boolean failSoon;
  private boolean sweeping;
  private boolean closed;
  private long lastAnswerNanos;
  private long sweepDueNanos;

  RedisLane(
      EventLoop eventLoop,
      RedisSettings settings,
      RedisConnector connector,
      Circuit circuit,
      CallGate gate,
      Costs costs) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    this.gate = gate;
    this.costs = costs;
    link = new LaneLink(eventLoop, settings, connector, circuit, this);
    readNanos = LoopResources.nanos(settings.timeouts().read());
  }

  int connections() {
    return link.connections();
  }

  void onLoop(Runnable action) {
    if (eventLoop.inEventLoop()) {
      action.run();
    } else {
      eventLoop.execute(action);
    }
  }

  void submit(RedisWork work) {
    if (closed) {
      work.fail(RedisFailure.closed());
    } else if (calls >= MAX_CALLS || !costs.mayWait(work)) {
      work.fail(RedisFailure.busy());
    } else {
      calls++;
      costs.entered(work);
      Passage passage = new Passage(this, work);
      work.passage(passage);
      gate.enter(work.context(), costs.estimate(work), passage);
      sweepSoon();
    }
  }

  /** The gate let it through. */
  void begin(Passage passage) {
    if (passage.work.isFinished() || closed) {
      passage.work.fail(RedisFailure.closed());
      over(passage, 0, CallGate.Outcome.UNKNOWN);
      return;
    }
    if (link.open() != null) {
      pending.add(passage);
      flushSoon();
    } else if (link.refusal(passage.enteredNanos) != null) {
      failing.add(passage);
      failSoon();
    } else {
      pending.add(passage);
    }
    link.need();
  }

  /** The gate did not let it through. */
  void refused(Passage passage, Refusal why) {
    if (passage.over) {
      return;
    }
    passage.over = true;
    calls--;
    costs.left(passage.work);
    passage.work.fail(
        switch (why) {
          case QUEUE_FULL -> RedisFailure.busy();
          case DEADLINE -> RedisFailure.deadline();
          case CLOSED -> RedisFailure.closed();
        });
  }

  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      eventLoop.execute(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    RedisLink open = pending.isEmpty() ? null : link.open();
    if (open == null) {
      return;
    }
    long now = System.nanoTime();
    List<RedisWork> batch = new ArrayList<>(Math.min(pending.size(), PER_TURN));
    while (batch.size() < PER_TURN && !pending.isEmpty()) {
      Passage next = pending.removeFirst();
      if (next.work.isFinished()) {
        over(next, 0, CallGate.Outcome.UNKNOWN);
      } else {
        next.sentNanos = now;
        batch.add(next.work);
        underWay.add(next);
      }
    }
    if (!batch.isEmpty()) {
      open.write(batch);
    }
    if (!pending.isEmpty()) {
      flushSoon();
    }
  }

  /** The server's answer to a work is complete. */
  void answered(Passage passage, long replyBytes) {
    long now = System.nanoTime();
    // The server does one thing after the other: before this work it was busy with the last one.
    long served = now - Math.max(passage.sentNanos, lastAnswerNanos);
    lastAnswerNanos = now;
    long cost = costs.answered(passage.work, replyBytes, served);
    over(passage, cost, CallGate.Outcome.ANSWERED);
    while (!underWay.isEmpty() && underWay.peekFirst().over) {
      underWay.removeFirst();
    }
  }

  private void over(Passage passage, long cost, CallGate.Outcome outcome) {
    if (!passage.over) {
      passage.over = true;
      calls--;
      costs.left(passage.work);
      gate.done(passage, cost, outcome);
    }
  }

  @Override
  public void opened() {
    flush();
  }

  @Override
  public void failed(RedisFailure failure) {
    failing.addAll(pending);
    pending.clear();
    failSoon();
  }

  private void failSoon() {
    if (!failSoon && !failing.isEmpty()) {
      failSoon = true;
      eventLoop.execute(this::failSome);
    }
  }

  /** Not all in one turn: thousands of calls may have waited. */
  private void failSome() {
    failSoon = false;
    for (int i = 0; i < PER_TURN && !failing.isEmpty(); i++) {
      Passage passage = failing.removeFirst();
      RedisFailure why = link.refusal(passage.enteredNanos);
      if (why == null) { // there is a connection by now, or will be
        pending.add(passage);
        flushSoon();
        link.need();
      } else {
        over(passage, 0, CallGate.Outcome.UNKNOWN);
        passage.work.fail(why);
      }
    }
    failSoon();
  }

  @Override
  public void lost() {
    List<Passage> unanswered = new ArrayList<>(underWay);
    underWay.clear();
    for (Passage passage : unanswered) {
      over(passage, 0, CallGate.Outcome.UNKNOWN);
      passage.work.lost();
    }
    if (!pending.isEmpty() && !closed) {
      link.need();
    }
  }

  @Override
  public boolean isBusy() {
    return calls > 0;
  }

  private void sweepSoon() {
    if (!sweeping) {
      sweeping = true;
      sweepDueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
      var _ = eventLoop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Ends what nobody waits for any more. One timer for all calls: a timer each would cost more than
   * the call.
   */
  private void sweep() {
    sweeping = false;
    long now = System.nanoTime();
    link.count();
    Passage oldest = underWay.peekFirst();
    // When this loop itself was late, the answer may lie in the socket, unread: look again first.
    boolean late = now - sweepDueNanos > TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
    if (oldest != null && now - oldest.sentNanos > readNanos && !late) {
      dropSilentConnection();
    }
    failOverdue(now);
    if (calls > 0) {
      sweepSoon();
    }
  }

  private void failOverdue(long now) {
    for (Passage passage : underWay) {
      if (now - passage.work.context().deadlineNanos() >= 0) {
        passage.work.fail(RedisFailure.deadline());
      }
    }
    if (!pending.isEmpty()) {
      List<Passage> waiting = new ArrayList<>(pending);
      pending.clear();
      for (Passage passage : waiting) {
        if (now - passage.work.context().deadlineNanos() >= 0) {
          over(passage, 0, CallGate.Outcome.UNKNOWN);
          passage.work.fail(RedisFailure.deadline());
        } else {
          pending.add(passage);
        }
      }
    }
  }

  /** A server that does not answer in time: whatever it says later, nobody can tell to whom. */
  private void dropSilentConnection() {
    List<Passage> unanswered = new ArrayList<>(underWay);
    underWay.clear();
    RedisFailure failure =
        new RedisFailure(
            RedisFailure.Kind.UNKNOWN,
            "read tcp " + settings.addresses().getFirst() + ": i/o timeout");
    unanswered.forEach(passage -> passage.work.fail(failure));
    link.drop();
    unanswered.forEach(passage -> over(passage, 0, CallGate.Outcome.OVERLOADED));
    if (!pending.isEmpty()) {
      link.need();
    }
  }

  /** Fails what is under way and closes the connection. May be called from anywhere. */
  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    onLoop(
        () -> {
          closed = true;
          gate.close();
          List<Passage> all = new ArrayList<>(underWay);
          all.addAll(pending);
          all.addAll(failing);
          underWay.clear();
          pending.clear();
          failing.clear();
          for (Passage passage : all) {
            over(passage, 0, CallGate.Outcome.UNKNOWN);
            passage.work.fail(RedisFailure.closed());
          }
          var _ = link.close().whenComplete((ok, failure) -> done.complete());
        });
    return done.future();
  }
}
