package io.jitney.components.testing;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.GatedCall;
import io.jitney.components.spi.GatedCall.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gates as simple as they can be: a fixed number of places, and one flow after the other has its
 * turn. What the daemon's gates do beyond that has tests of its own.
 */
public final class TestGates implements CallGates {
  @Override
  public CallGate open(Settings settings) {
    return new Gate(settings);
  }

  private static final class Gate implements CallGate {
    private record Waiting(GatedCall call, long deadlineNanos) {}

    private final Settings settings;
    private final Map<Flow, ArrayDeque<Waiting>> flows = new LinkedHashMap<>();
    private int queued;
    private int running;
    private boolean closed;

    Gate(Settings settings) {
      this.settings = settings;
    }

    @Override
    public void enter(CallContext context, long costHintNanos, GatedCall call) {
      synchronized (this) {
        if (closed) {
          call.turnedAway(Refusal.CLOSED);
          return;
        }
        if (running >= settings.startPlaces()) {
          ArrayDeque<Waiting> own =
              flows.computeIfAbsent(context.flow(), flow -> new ArrayDeque<>());
          if (own.size() < settings.queuePerFlow() && queued < settings.queueTotal()) {
            own.add(new Waiting(call, context.deadlineNanos()));
            queued++;
            return;
          }
        } else {
          running++;
          call.ticket(Boolean.TRUE);
        }
      }
      if (call.ticket() == null) {
        call.turnedAway(Refusal.QUEUE_FULL);
      } else {
        call.started();
      }
    }

    @Override
    public synchronized boolean cancel(GatedCall call) {
      return false;
    }

    @Override
    public void done(GatedCall call, long costNanos, Outcome outcome) {
      List<Waiting> late = new ArrayList<>();
      GatedCall next = null;
      synchronized (this) {
        if (call.ticket() != Boolean.TRUE) {
          return;
        }
        call.ticket(Boolean.FALSE);
        running--;
        while (next == null && !flows.isEmpty()) {
          Map.Entry<Flow, ArrayDeque<Waiting>> first = flows.entrySet().iterator().next();
          flows.remove(first.getKey());
          Waiting waiting = first.getValue().poll();
          if (waiting == null) {
            continue;
          }
          queued--;
          flows.put(first.getKey(), first.getValue());
          if (System.nanoTime() - waiting.deadlineNanos >= 0) {
            late.add(waiting);
          } else {
            next = waiting.call;
            running++;
            next.ticket(Boolean.TRUE);
          }
        }
      }
      late.forEach(one -> one.call.turnedAway(Refusal.DEADLINE));
      if (next != null) {
        next.started();
      }
    }

    @Override
    public int places() {
      return settings.startPlaces();
    }

    @Override
    public synchronized int running() {
      return running;
    }

    @Override
    public synchronized int queued() {
      return queued;
    }

    @Override
    public void close() {
      List<Waiting> all = new ArrayList<>();
      synchronized (this) {
        closed = true;
        flows.values().forEach(all::addAll);
        flows.clear();
        queued = 0;
      }
      all.forEach(one -> one.call.turnedAway(Refusal.CLOSED));
    }
  }
}
