package io.jitney.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PickByLoadTest {

  private record Copy(String name, boolean ready, long load) {}

  private final PickByLoad picker = new PickByLoad();

  private @Nullable Copy pick(List<Copy> copies) {
    return picker.pick(copies, Copy::ready, Copy::load);
  }

  private Map<String, Integer> picks(int times, List<Copy> copies) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < times; i++) {
      Copy picked = pick(copies);
      counts.merge(picked == null ? "nobody" : picked.name(), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void nobodyOfNone() {
    assertThat(pick(List.of())).isNull();
  }

  @Test
  void nobodyThatIsNotReady() {
    assertThat(pick(List.of(new Copy("a", false, 0)))).isNull();
    assertThat(pick(List.of(new Copy("a", false, 0), new Copy("b", false, 0)))).isNull();
  }

  @Test
  void theLeastLoadedOfThoseThatAreReady() {
    List<Copy> copies =
        List.of(
            new Copy("a", true, 7),
            new Copy("b", false, 0),
            new Copy("c", true, 2),
            new Copy("d", true, 9));

    assertThat(picks(20, copies)).containsExactly(Map.entry("c", 20));
  }

  @Test
  void equalsTakeTurns() {
    List<Copy> copies =
        List.of(new Copy("a", true, 1), new Copy("b", true, 1), new Copy("c", true, 1));

    assertThat(picks(30, copies)).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
  }

  @Test
  void theNeighbourOfAnUnreadyOneGetsNoDoubleShare() {
    List<Copy> copies =
        List.of(new Copy("a", false, 0), new Copy("b", true, 0), new Copy("c", true, 0));

    assertThat(picks(30, copies)).isEqualTo(Map.of("b", 15, "c", 15));
  }

  @Test
  void aLoadAtTheEndOfTheRangeIsStillALoad() {
    List<Copy> copies =
        List.of(new Copy("a", true, Long.MAX_VALUE), new Copy("b", false, Long.MIN_VALUE));

    assertThat(pick(copies)).isEqualTo(copies.getFirst());
  }

  @Test
  void aListThatShrinksBetweenTwoLooksIsNoProblem() {
    Copy a = new Copy("a", true, 0);
    Copy b = new Copy("b", true, 0);
    Copy c = new Copy("c", true, 0);
    for (int i = 0; i < 3; i++) {
      assertThat(pick(List.of(a, b, c))).isNotNull();
      assertThat(pick(List.of(a, b))).isNotNull();
    }
  }

  @Test
  void choosingAllocatesNothing() {
    List<Copy> copies =
        List.of(new Copy("a", true, 1), new Copy("b", true, 1), new Copy("c", false, 1));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    choose(copies, 20_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    choose(copies, 20_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isLessThan(20_000);
  }

  private void choose(List<Copy> copies, int times) {
    for (int i = 0; i < times; i++) {
      pick(copies);
    }
  }
}
