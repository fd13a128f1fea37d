package io.jitney.tenancy.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionsTest {

  @Test
  void withoutLimitsEverythingIsLetInAndCounted() {
    TenantConnections connections = new TenantConnections();
    for (int i = 0; i < 1_000; i++) {
      assertThat(connections.tryOpen()).isNull();
    }
    connections.closed();

    assertThat(connections.open()).isEqualTo(999);
  }

  @Test
  void theCapHoldsAndAClosedConnectionMakesRoom() {
    TenantConnections connections = new TenantConnections();
    connections.limit(2, Double.POSITIVE_INFINITY);
    assertThat(connections.tryOpen()).isNull();
    assertThat(connections.tryOpen()).isNull();
    assertThat(connections.tryOpen()).isEqualTo(ConnectionEnd.CONNECTIONS);
    connections.closed();

    assertThat(connections.tryOpen()).isNull();
    assertThat(connections.ends().of(ConnectionEnd.CONNECTIONS)).isEqualTo(1);
    assertThat(connections.ends().of(ConnectionEnd.ACCEPT_RATE)).isZero();
  }

  @Test
  void aRateLetsASecondsWorthInAtOnceAndAnUnchangedOneIsNotRefilled() {
    TenantConnections connections = new TenantConnections();
    connections.limit(Integer.MAX_VALUE, 0.5);
    assertThat(connections.tryOpen()).isNull();
    connections.limit(Integer.MAX_VALUE, 0.5);

    assertThat(connections.tryOpen()).isEqualTo(ConnectionEnd.ACCEPT_RATE);
    connections.limit(Integer.MAX_VALUE, Double.POSITIVE_INFINITY);
    assertThat(connections.tryOpen()).isNull();
  }

  @Test
  void oneSourceDoesNotKeepAnotherOut() {
    UnidentifiedConnections connections = new UnidentifiedConnections(3, 2);
    assertThat(connections.tryOpen("a")).isNull();
    assertThat(connections.tryOpen("a")).isNull();
    assertThat(connections.tryOpen("a")).isEqualTo(ConnectionEnd.SOURCE);
    assertThat(connections.tryOpen("b")).isNull();
    assertThat(connections.tryOpen("c")).isEqualTo(ConnectionEnd.UNIDENTIFIED);
    connections.closed("a");

    assertThat(connections.tryOpen("c")).isNull();
    assertThat(connections.open()).isEqualTo(3);
  }
}
