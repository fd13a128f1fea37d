package io.jitney.daemon.isolation;

import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The gates of all event loops, and what relieves them; a node has few loops, so they are looked
 * through. Threads: any.
 */
final class LoopGates {
  /** Nothing is measured and nobody waits. */
  static final LoopGates NONE = new LoopGates(List.of(), null);

  private final List<LoopGate> gates;
  private final @Nullable HeavyWork heavy;

  /** Accounts whose calls back up. */
  private final Set<Account> backedUp = ConcurrentHashMap.newKeySet();

  /**
   * @param heavy takes what would hold a loop for too long; null: the loops do it
   */
  LoopGates(List<LoopGate> gates, @Nullable HeavyWork heavy) {
    this.gates = List.copyOf(gates);
    this.heavy = heavy;
  }

  Set<Account> backedUp() {
    return backedUp;
  }

  /**
   * Lets them begin more calls, where none had to wait lately; to be called some times a second.
   */
  void expire() {
    long now = System.nanoTime();
    backedUp.forEach(account -> account.goesOn(now));
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
