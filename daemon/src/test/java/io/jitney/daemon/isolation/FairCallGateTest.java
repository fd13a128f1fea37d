package io.jitney.daemon.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.GatedCall;
import io.jitney.tenancy.fair.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class FairCallGateTest {
  private final FairCallGate gate =
      new FairCallGate(
          CallGates.Settings.fixed("one place", 1, 10, 10), new Flow("node"), gone -> {});
  private final List<String> told = new ArrayList<>();
  private final AtomicBoolean redWaits = new AtomicBoolean(true);

  private final class Call extends GatedCall {
    private final String name;

    Call(String name) {
      this.name = name;
    }

    @Override
    protected void start() {
      told.add(name + " started");
    }

    @Override
    protected void refused(Refusal why) {
      told.add(name + " " + why);
    }
  }

  private static CallContext of(String tenant) {
    return new CallContext(System.nanoTime() + 60_000_000_000L, null, Account.named(tenant));
  }

  @Test
  void aCallWhoseCallerHasLeftIsDroppedWhenItsTurnComes() {
    Call first = new Call("first");
    gate.enter(of("blue"), 0, first);
    gate.enter(of("red").whileWanted(redWaits::get), 0, new Call("red"));
    gate.enter(of("blue"), 0, new Call("second"));
    redWaits.set(false);

    gate.done(first, 1_000, CallGate.Outcome.ANSWERED);

    assertThat(told).containsExactly("first started", "red DEADLINE", "second started");
    assertThat(gate.queued()).isZero();
    assertThat(gate.running()).isEqualTo(1);
  }

  @Test
  void aQueueThatDoesNotMoveIsSweptOfThem() {
    gate.enter(of("blue"), 0, new Call("first"));
    gate.enter(of("red").whileWanted(redWaits::get), 0, new Call("red"));
    gate.expire();
    assertThat(told).containsExactly("first started");
    redWaits.set(false);

    gate.expire();

    assertThat(told).containsExactly("first started", "red DEADLINE");
    assertThat(gate.queued()).isZero();
  }

  @Test
  void whoHasLeftBeforeTakesNoPlace() {
    redWaits.set(false);

    gate.enter(of("red").whileWanted(redWaits::get), 0, new Call("red"));

    assertThat(told).containsExactly("red DEADLINE");
    assertThat(gate.running()).isZero();
  }
}
