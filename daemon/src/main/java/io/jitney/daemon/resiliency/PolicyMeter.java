package io.jitney.daemon.resiliency;

import io.jitney.daemon.resiliency.PolicyMetrics.Part;

/** Where one target's policy is counted. */
record PolicyMeter(PolicyMetrics metrics, Direction direction, String target) {
  static final PolicyMeter NONE = new PolicyMeter(PolicyMetrics.NONE, Direction.OUTBOUND, "");

  void used(Part part, String status) {
    metrics.used(part, direction, target, status);
  }

  void activated(Part part, String status) {
    metrics.activated(part, direction, target, status);
  }
}
