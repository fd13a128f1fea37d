package io.jitney.daemon.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processor time is charged to whom it was used for, and all of it is charged to somebody. */
@Timeout(120)
class CpuUsageIT {
  private static final int ROUNDS = 60;

  /** Large enough to be worked on beside the event loops. */
  private static final String LARGE =
      "[{\"key\":\"large\",\"value\":["
          + IntStream.range(0, 20_000).mapToObj(i -> i + ".5").collect(Collectors.joining(","))
          + "]}]";

  private static long cpu(OpenSidecar sidecar) {
    return sidecar.opened().instance().account().usage().snapshot().cpuNanos();
  }

  private static void calls(RawClient client, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      client.send("POST", "/v1.0/state/s", "[{\"key\":\"k" + i % 10 + "\",\"value\":" + i + "}]");
      assertThat(client.answer()).isEqualTo(204);
    }
  }

  @Test
  void threeVeryDifferentTenantsAddUpToTheProcess() throws Exception {
    SidecarSpec store = SidecarSpec.app("any").component("s", "state.in-memory");
    try (InProcessDaemon daemon = new InProcessDaemon(2, true);
        OpenSidecar busy = daemon.open(spec(store, "busy"));
        OpenSidecar modest = daemon.open(spec(store, "modest"));
        OpenSidecar large = daemon.open(spec(store, "large"));
        OpenSidecar idle = daemon.open(spec(store, "idle"));
        RawClient ofBusy = new RawClient(busy.httpPort());
        RawClient ofModest = new RawClient(modest.httpPort());
        RawClient ofLarge = new RawClient(large.httpPort())) {
      Isolation isolation = daemon.daemon().node().isolation();
      calls(ofBusy, 500); // compiled code costs the same for both
      calls(ofModest, 500);
      isolation.charge();
      long busyBefore = cpu(busy);
      long modestBefore = cpu(modest);
      long largeBefore = cpu(large);
      long idleBefore = cpu(idle);

      for (int round = 0; round < ROUNDS; round++) {
        calls(ofBusy, 50);
        calls(ofModest, 5);
        ofLarge.send("POST", "/v1.0/state/s", LARGE);
        assertThat(ofLarge.answer()).isEqualTo(204);
      }
      isolation.charge();
      long process =
          ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getProcessCpuTime();

      long node = isolation.node().usage().snapshot().cpuNanos();
      long sum = cpu(busy) + cpu(modest) + cpu(large) + cpu(idle) + node;
      assertThat(sum).isCloseTo(process, Percentage.withPercentage(10));
      assertThat((double) (cpu(busy) - busyBefore) / (cpu(modest) - modestBefore))
          .as("ten times the calls")
          .isBetween(4.0, 25.0);
      assertThat(cpu(large) - largeBefore).as("worker threads").isGreaterThan(ROUNDS * 200_000L);
      assertThat(cpu(idle) - idleBefore).as("idle").isLessThan(1_000_000);
    }
  }

  private static SidecarSpec spec(SidecarSpec like, String app) {
    return new SidecarSpec(
        app,
        like.environment(),
        like.resources(),
        like.configuration(),
        like.app(),
        like.maxBodySize(),
        like.folder());
  }
}
