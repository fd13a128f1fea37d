package io.jitney.daemon.isolation;

import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gates of all event loops, and what relieves them; a node has few loops, so they are looked
 * through. Immutable.
 */
final class LoopGates {
  /** Nothing is measured and nobody waits. */
  static final LoopGates NONE = new LoopGates(List.of(), null);

  private final List<LoopGate> gates;
  private final @Nullable HeavyWork heavy;

  /**
   * @param heavy takes what would hold a loop for too long; null: the loops do it
   */
  LoopGates(List<LoopGate> gates, @Nullable HeavyWork heavy) {
    this.gates = List.copyOf(gates);
    this.heavy = heavy;
  }

  @Nullable HeavyWork heavy() {
    return heavy;
  }

  List<LoopGate> all() {
    return gates;
  }

  @Nullable LoopGate of(ContextInternal context) {
    return gates.isEmpty() ? null : of(context.nettyEventLoop());
  }

  @Nullable LoopGate of(EventLoop loop) {
    for (int i = 0; i < gates.size(); i++) {
      LoopGate gate = gates.get(i);
      if (gate.loop() == loop) {
        return gate;
      }
    }
    return null;
  }
}
