package io.jitney.daemon.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.connection.TenantConnections;
import io.jitney.tenancy.memory.MemoryBudget;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class DoorHandlerTest {
  private final MemoryBudget memory = MemoryBudget.unlimited();
  private final Connections node =
      new Connections(ConnectionLimits.SHARED, Keepalive.DAPRD, memory);

  /** Connections that are taken at once, of as many as come. */
  private int taken(boolean crowded) {
    Door door =
        node.door(
            Door.Kind.HTTP, new TenantConnections(), memory.open(1), opened -> {}, loop -> crowded);
    EmbeddedChannel listener = new EmbeddedChannel(new DoorHandler(door));
    int taken = 0;
    while (listener.config().isAutoRead()) {
      listener.writeInbound(new EmbeddedChannel());
      taken++;
    }
    listener.close();
    return taken;
  }

  @Test
  void fewerConnectionsAreTakenWhileTheLoopHasMoreToDoThanItCan() {
    assertThat(taken(false)).isBetween(50, 70); // the pace goes on meanwhile
    assertThat(taken(true)).isBetween(10, 20);
  }
}
