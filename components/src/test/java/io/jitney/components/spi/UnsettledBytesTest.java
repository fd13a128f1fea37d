package io.jitney.components.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnsettledBytesTest {
  private final AtomicLong counted = new AtomicLong();
  private final UnsettledBytes held =
      new UnsettledBytes(
          new Flow() {
            @Override
            public String name() {
              return "app";
            }

            @Override
            public int weight() {
              return 1;
            }

            @Override
            public void holds(long more) {
              counted.addAndGet(more);
            }
          });

  @Test
  void theFlowKnowsWhatIsHeld() {
    held.take(10);
    held.take(5);
    held.give(10);

    assertThat(counted).hasValue(5);
  }

  @Test
  void nothingIsHeldAfterTheEnd() {
    held.take(10);
    held.close();
    held.give(10);
    held.take(3);
    held.close();

    assertThat(counted).hasValue(0);
  }

  @Test
  void whoDoesNotCountMayHoldMore() {
    Flow.NODE.holds(1L << 40);

    assertThat(Flow.NODE.mayHoldMore()).isTrue();
  }
}
