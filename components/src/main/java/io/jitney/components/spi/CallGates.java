package io.jitney.components.spi;

import java.util.concurrent.atomic.AtomicInteger;

/** Makes gates for pools. Threads: any. */
@FunctionalInterface
public interface CallGates {
  /** Gates that let everything through at once and only count: no fairness. */
  CallGates OPEN = settings -> new OpenGate();

  /**
   * A gate's size. With {@code minPlaces} below {@code maxPlaces} it finds how many places are
   * right by the latency of calls.
   *
   * @param name what the gate leads to, for status and metrics; free of secrets
   * @param minPlaces never fewer calls at one time
   * @param startPlaces calls at one time before anything is known
   * @param maxPlaces never more calls at one time
   * @param reserve further places, for flows that have none of a guaranteed number
   * @param queuePerFlow calls of one flow that may wait
   * @param queueTotal calls that may wait together
   */
  record Settings(
      String name,
      int minPlaces,
      int startPlaces,
      int maxPlaces,
      int reserve,
      int queuePerFlow,
      int queueTotal) {
    public Settings {
      if (minPlaces < 1 || startPlaces < minPlaces || maxPlaces < startPlaces || reserve < 0) {
        throw new IllegalArgumentException("places of gate " + name);
      }
      if (queuePerFlow < 1 || queueTotal < 1) {
        throw new IllegalArgumentException("queues of gate " + name);
      }
    }

    /** A fixed number of places. */
    public static Settings fixed(String name, int places, int queuePerFlow, int queueTotal) {
      return new Settings(name, places, places, places, 0, queuePerFlow, queueTotal);
    }
  }

  /** A new gate, for as long as its resource is; whoever opened it closes it. */
  CallGate open(Settings settings);

  /** Lets everything through. */
  final class OpenGate implements CallGate {
    private static final Object THROUGH = new Object();
    private static final Object OVER = new Object();

    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean closed;

    private OpenGate() {}

    @Override
    public void enter(CallContext context, long costHintNanos, GatedCall call) {
      if (closed) {
        call.turnedAway(GatedCall.Refusal.CLOSED);
        return;
      }
      running.incrementAndGet();
      call.ticket(THROUGH);
      call.started();
    }

    @Override
    public boolean cancel(GatedCall call) {
      return false;
    }

    @Override
    public void done(GatedCall call, long costNanos, Outcome outcome) {
      synchronized (call) {
        if (call.ticket() != THROUGH) {
          return;
        }
        call.ticket(OVER);
      }
      running.decrementAndGet();
    }

    @Override
    public int places() {
      return Integer.MAX_VALUE;
    }

    @Override
    public int running() {
      return running.get();
    }

    @Override
    public int queued() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
