package io.jitney.tenancy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuSharesTest {
  private static final long MILLI = 1_000_000;

  private final TenantUsage node = new TenantUsage();
  private final TenantUsage busy = new TenantUsage();
  private final TenantUsage modest = new TenantUsage();
  private final CpuShares shares = new CpuShares(node, 500 * MILLI, 100 * MILLI);

  private static long cpu(TenantUsage usage) {
    return usage.snapshot().cpuNanos();
  }

  @Test
  void whatIsMeasuredIsDividedInProportionWithItsOverhead() {
    busy.loop(600 * MILLI);
    modest.loop(150 * MILLI);
    modest.work(50 * MILLI);

    shares.charge(List.of(busy, modest), 1_500 * MILLI, 850 * MILLI);

    assertThat(cpu(busy)).isEqualTo(750 * MILLI);
    assertThat(cpu(modest)).isEqualTo(250 * MILLI);
    assertThat(cpu(node)).isEqualTo(500 * MILLI);
  }

  @Test
  void theLittleWorkOfAnIdleNodeDoesNotPayForItsBackground() {
    modest.loop(MILLI);

    shares.charge(List.of(busy, modest), 600 * MILLI, 101 * MILLI);

    assertThat(cpu(modest)).isEqualTo(2 * MILLI);
    assertThat(cpu(node)).isEqualTo(598 * MILLI);
  }

  @Test
  void theSumIsWhatTheProcessUsedAlsoWhenTenantsLeave() {
    long process = 500 * MILLI;
    for (int period = 0; period < 100; period++) {
      busy.loop(7 * MILLI + period);
      modest.loop(3 * MILLI - period);
      node.loop(MILLI);
      process += 17 * MILLI;
      shares.charge(
          period < 50 ? List.of(busy, modest) : List.of(busy), process, 110 * MILLI + period * 11);
    }

    assertThat(cpu(busy) + cpu(modest) + cpu(node)).isEqualTo(process);
  }

  @Test
  void aTenantThatLeftIsChargedForItsLastPeriod() {
    shares.charge(List.of(busy, modest), 500 * MILLI, 100 * MILLI);
    modest.loop(10 * MILLI);

    shares.charge(List.of(busy), 510 * MILLI, 110 * MILLI);

    assertThat(cpu(modest)).isEqualTo(10 * MILLI);
  }
}
