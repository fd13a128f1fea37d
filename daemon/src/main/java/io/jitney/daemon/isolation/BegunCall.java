package io.jitney.daemon.isolation;

import org.jspecify.annotations.Nullable;

/**
 * Whether a call counts among those of its tenant that have begun. Calls to apps and uploads do
 * not: they wait for somebody else as long as they like, and cost the node little meanwhile. On the
 * call's loop.
 */
public final class BegunCall {
  private @Nullable LoopGate gate;
  private @Nullable Account account;
  private boolean over;

  /** The call begins, if it is not over already. */
  public void begins(LoopGate its, Account on) {
    if (!over && gate == null) {
      gate = its;
      account = on;
      its.begins(on);
    }
  }

  /** The call is over; a second time does nothing. */
  public void ends() {
    LoopGate its = gate;
    Account on = account;
    over = true;
    if (its != null && on != null) {
      gate = null;
      its.ends(on);
    }
  }
}
