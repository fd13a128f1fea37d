package io.jitney.daemon.connection;

import io.jitney.tenancy.connection.TenantConnections;
import io.jitney.tenancy.connection.UnidentifiedConnections;
import io.jitney.tenancy.memory.MemoryBudget;
import io.jitney.tenancy.memory.MemoryLedger;
import io.jitney.tenancy.memory.Rung;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** What all client connections of a node share: limits, sweeps of the loops, and the doors. */
public final class Connections {
  private final ConnectionLimits limits;
  private final Keepalive keepalive;
  private final MemoryBudget memory;
  private final UnidentifiedConnections unidentified;
  private final Map<EventLoop, LoopSweep> sweeps = new ConcurrentHashMap<>();

  public Connections(ConnectionLimits limits, Keepalive keepalive, MemoryBudget memory) {
    this.limits = limits;
    this.keepalive = keepalive;
    this.memory = memory;
    this.unidentified =
        new UnidentifiedConnections(limits.mostUnidentified(), limits.mostOfSource());
  }

  /**
   * The door of a listener that one tenant has for itself.
   *
   * @param opened is given each connection before its first byte, on its loop
   */
  public Door door(
      Door.Kind kind,
      TenantConnections connections,
      MemoryLedger ledger,
      Consumer<Channel> opened) {
    return new Door(this, kind, connections, ledger, opened);
  }

  /** The door of a listener that all tenants share. */
  public Door sharedDoor(Door.Kind kind, Consumer<Channel> opened) {
    return new Door(this, kind, null, null, opened);
  }

  /** The sweep of a loop, made when it is first asked for. On that loop. */
  LoopSweep sweep(EventLoop loop) {
    LoopSweep known = sweeps.get(loop);
    return known != null
        ? known
        : sweeps.computeIfAbsent(loop, first -> new LoopSweep(first, memory::sweep));
  }

  ConnectionLimits limits() {
    return limits;
  }

  Keepalive keepalive() {
    return keepalive;
  }

  /** Whether memory is scarce at all. */
  Rung rung() {
    return memory.rung();
  }

  /** Connections of the node's listener whose callers are not known (yet). */
  public UnidentifiedConnections unidentified() {
    return unidentified;
  }
}
