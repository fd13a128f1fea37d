package io.jitney.daemon.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.connection.GrpcKeepalive.Probe;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class GrpcKeepaliveTest {
  private static final long LONG = 3_600_000;
  private final Keepalive times = new Keepalive(LONG, 5_000, 1_000, 300);
  private final GrpcKeepalive alive = new GrpcKeepalive();

  @Test
  void whoIsSilentIsPingedOnceAndThenGivenUp() {
    assertThat(alive.probe(times, 900, 0)).isEqualTo(Probe.NONE);
    assertThat(alive.probe(times, 1_000, 0)).isEqualTo(Probe.PING);
    assertThat(alive.probe(times, 1_299, 0)).isEqualTo(Probe.NONE);
    assertThat(alive.probe(times, 1_300, 0)).isEqualTo(Probe.DEAD);
  }

  @Test
  void whateverComesAfterAPingIsAnAnswer() {
    assertThat(alive.probe(times, 1_000, 0)).isEqualTo(Probe.PING);
    assertThat(alive.probe(times, 1_500, 1_100)).isEqualTo(Probe.NONE);
    assertThat(alive.probe(times, 2_100, 1_100)).isEqualTo(Probe.PING);
  }

  @Test
  void idleIsWhoHadNoStreamForLongAndNotWhoHasOne() {
    alive.begins(100);
    assertThat(alive.idle(times, 5_000, false)).isFalse();
    assertThat(alive.idle(times, 5_100, false)).isTrue();

    assertThat(alive.idle(times, 6_000, true)).isFalse();
    assertThat(alive.idle(times, 9_000, false)).isFalse(); // from here on
    assertThat(alive.idle(times, 13_999, false)).isFalse();
    assertThat(alive.idle(times, 14_000, false)).isTrue();

    alive.opened(); // and it was over again between two looks
    assertThat(alive.idle(times, 15_000, false)).isFalse();
    assertThat(alive.idle(times, 20_000, false)).isTrue();
  }

  @Test
  void twoPingsTooSoonAreForgivenAndAnAnswerForgivesAll() {
    assertThat(alive.allow(3, LONG)).isTrue();
    alive.wrote(Unpooled.buffer().writeZero(100), 100);
    assertThat(alive.allow(3, LONG)).isTrue();
    assertThat(alive.allow(1, LONG)).isFalse();
  }

  @Test
  void whatAConnectionSaysByItselfIsNoAnswer() {
    assertThat(alive.allow(3, LONG)).isTrue();
    byte[] acknowledged = new byte[17];
    acknowledged[3] = 6;
    alive.wrote(Unpooled.wrappedBuffer(acknowledged), acknowledged.length);
    assertThat(alive.allow(1, LONG)).isFalse();
  }
}
