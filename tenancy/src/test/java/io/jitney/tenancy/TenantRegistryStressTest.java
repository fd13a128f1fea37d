package io.jitney.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Quota;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TenantRegistryStressTest {
  private static final Quota LIMITED = new Quota(100, 200, 50);

  private final TenantRegistry<byte[]> registry = new TenantRegistry<>(LIMITED);

  @Test
  void aThousandTenantsOpenInMillisecondsEach() {
    long start = System.nanoTime();
    long slowest = 0;
    for (int i = 0; i < 1_000; i++) {
      long before = System.nanoTime();
      registry.open(new TenantId("prod", "app-" + i)).lifeCycle().running();
      slowest = Math.max(slowest, System.nanoTime() - before);
    }
    long all = System.nanoTime() - start;

    assertThat(registry.tenants()).hasSize(1_000);
    // Generous, for busy machines; in truth it is microseconds.
    assertThat(all / 1_000).isLessThan(5_000_000);
    assertThat(slowest).isLessThan(500_000_000);
  }

  @Test
  void openingAndClosingTwoThousandLeavesNothing() {
    List<WeakReference<Instance<byte[]>>> all = openAndClose(2_000);

    assertThat(registry.tenants()).isEmpty();
    assertThat(registry.instances()).isEmpty();
    System.gc();
    assertThat(all).allSatisfy(instance -> assertThat(instance.get()).isNull());
  }

  private List<WeakReference<Instance<byte[]>>> openAndClose(int count) {
    List<WeakReference<Instance<byte[]>>> all = new ArrayList<>();
    List<Instance<byte[]>> open = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Two instances each for half of the tenants.
      Instance<byte[]> instance = registry.open(new TenantId("prod", "app-" + i % (count * 2 / 3)));
      instance.attach(new byte[10_000]);
      instance.lifeCycle().running();
      Admission admission = instance.tenant().admission().admit();
      assertThat(admission).isInstanceOf(Admission.Admitted.class);
      open.add(instance);
      all.add(new WeakReference<>(instance));
    }
    open.forEach(Instance::close);
    return all;
  }

  @Test
  void threadsThatOpenCloseAndDeclareTheSameFewTenantsLeaveNothing() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    AtomicBoolean closedFirst = new AtomicBoolean();
    registry.addListener(
        new TenantListener<>() {
          @Override
          public void opened(Instance<byte[]> instance) {
            opened.incrementAndGet();
          }

          @Override
          public void closed(Instance<byte[]> instance) {
            if (closed.incrementAndGet() > opened.get()) {
              closedFirst.set(true);
            }
          }
        });
    List<Future<?>> work = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 8; t++) {
        int seed = t;
        work.add(threads.submit(() -> comeAndGo(seed)));
      }
    }
    for (Future<?> each : work) {
      each.get();
    }

    assertThat(registry.tenants()).isEmpty();
    assertThat(closedFirst).isFalse();
    assertThat(opened).hasValue(8 * 500);
    assertThat(closed).hasValue(8 * 500);
  }

  private void comeAndGo(int seed) {
    for (int i = 0; i < 500; i++) {
      TenantId id = new TenantId("prod", "app-" + (seed + i) % 3);
      if (i % 5 == 0) {
        registry.declare(id, LIMITED);
      }
      Instance<byte[]> instance = registry.open(id);
      assertThat(registry.instances(id)).contains(instance);
      assertThat(registry.tenant(id)).containsSame(instance.tenant());
      registry.pick(id, each -> true, each -> 0);
      instance.close();
      assertThat(registry.instances(id)).doesNotContain(instance);
      if (i % 5 == 0) {
        registry.undeclare(id);
      }
    }
  }
}
