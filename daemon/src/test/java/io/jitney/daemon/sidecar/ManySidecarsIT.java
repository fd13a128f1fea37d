package io.jitney.daemon.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.tenancy.admission.Quota;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ManySidecarsIT {
  private static final int COUNT = 200;
  private static final long MOST_BYTES_EACH = 400_000;

  /** What a process can leak. */
  private record Footprint(long heap, int threads, long handles) {
    static Footprint now() throws IOException, InterruptedException {
      for (int i = 0; i < 4; i++) {
        System.gc();
        Thread.sleep(50);
      }
      Runtime runtime = Runtime.getRuntime();
      try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
        return new Footprint(
            runtime.totalMemory() - runtime.freeMemory(), Thread.activeCount(), handles.count());
      }
    }
  }

  @Test
  void manyCostLittleAndLeaveNothingBehind() throws Exception {
    Daemon daemon = new Daemon(2, Quota.UNLIMITED);
    close(open(daemon, 20), ControlSignal.TERM); // classes, buffers of the loops
    Footprint before = Footprint.now();

    List<RunningSidecar> all = open(daemon, COUNT);
    Footprint during = Footprint.now();
    long each = (during.heap() - before.heap()) / COUNT;
    System.out.println("heap of an idle sidecar: " + each + " bytes; " + before + " -> " + during);
    assertThat(each).isLessThan(MOST_BYTES_EACH);
    assertThat(during.threads() - before.threads()).isLessThan(20);

    close(all, ControlSignal.TERM);
    all.clear();
    for (int round = 0; round < 2; round++) {
      close(open(daemon, COUNT / 4), ControlSignal.INT);
      gone(open(daemon, COUNT / 4));
    }
    assertThat(daemon.registry().instances()).isEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              Footprint after = Footprint.now();
              System.out.println("after all were closed: " + after);
              assertThat(after.handles()).isLessThanOrEqualTo(before.handles() + 5);
              assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 5);
              assertThat(after.heap()).isLessThan(before.heap() + 20 * each);
            });
    daemon.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static List<RunningSidecar> open(Daemon daemon, int count) throws InterruptedException {
    List<RunningSidecar> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(
          RunningSidecar.start(
              daemon,
              "--app-id=app" + i,
              "--dapr-http-port=0",
              "--dapr-grpc-port=0",
              "--metrics-port=0",
              "--dapr-public-port=0"));
    }
    for (RunningSidecar one : all) {
      one.awaitReady();
    }
    for (int i = 0; i < count; i++) {
      assertThat(
              new HttpApiClient(all.get(i).httpPort()).get("/v1.0/healthz?appid=app" + i).status())
          .isEqualTo(204);
    }
    return all;
  }

  private static void close(List<RunningSidecar> all, ControlSignal signal) throws Exception {
    for (RunningSidecar one : all) {
      one.signal(signal);
    }
    for (RunningSidecar one : all) {
      assertThat(one.exitCode()).isZero();
    }
  }

  private static void gone(List<RunningSidecar> all) throws Exception {
    for (RunningSidecar one : all) {
      one.gone();
    }
    for (RunningSidecar one : all) {
      one.exitCode();
    }
    Thread.sleep(500);
  }
}
