package io.jitney.components.spi;

/**
 * A fair way to one contended resource: so many calls at one time, the others wait by flow, in
 * bounded queues, and are let through by weight and by what earlier calls have cost. A flow that is
 * alone may use all of it.
 *
 * <p>Threads: any.
 */
public interface CallGate {
  /** How a call ended, as far as the resource's capacity is concerned. */
  enum Outcome {
    /** It was answered: how long that took says how busy the resource is. */
    ANSWERED,
    /** The resource was overloaded: timed out, turned away. */
    OVERLOADED,
    /** It says nothing: cancelled, failed for reasons of its own. */
    UNKNOWN
  }

  /**
   * Starts the call now, inside of this method, or later; or refuses it.
   *
   * @param context its flow, and the deadline after which it does not wait any longer
   * @param costHintNanos what it is going to cost; 0: as its flow's calls usually do
   */
  void enter(CallContext context, long costHintNanos, GatedCall call);

  /** Takes back a call that still waits: true, and it is neither started nor refused. */
  boolean cancel(GatedCall call);

  /**
   * Ends a call that was started; a second time does nothing.
   *
   * @param costNanos what it has cost the resource, measured: by default the time it took
   */
  void done(GatedCall call, long costNanos, Outcome outcome);

  /** Calls that may be through at one time, now. */
  int places();

  /** Calls that are through. */
  int running();

  /** Calls that wait. */
  int queued();

  /** Refuses who waits and who comes; calls that are through go on. */
  void close();
}
