package io.jitney.tenancy.memory;

/**
 * How scarce memory is, mildest first. A rung is left downwards only when there is a tenth less in
 * use than it took to get there, so that it does not flicker.
 */
public enum Rung {
  /** Everybody gets what they ask for. */
  NORMAL,
  /** Tenants that hold more than their fair share wait before they get more. */
  SLOW,
  /** Tenants that hold more than their fair share are refused more. */
  SHED,
  /** Nobody gets any more: what goes on is ended, and control traffic is answered. */
  CONTROL
}
