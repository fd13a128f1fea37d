package io.jitney.tenancy.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LifeCycleTest {

  private static final Map<String, Set<String>> LEGAL =
      Map.of(
          "opening", Set.of("running", "draining", "failed"),
          "running", Set.of("draining", "failed"),
          "draining", Set.of("closed", "failed"),
          "failed", Set.of("closed"),
          "closed", Set.of());

  private static final List<String> TARGETS = List.of("running", "draining", "failed", "closed");

  private static boolean legal(String from, String to) {
    return LEGAL.getOrDefault(from, Set.of()).contains(to);
  }

  private static void move(LifeCycle life, String to) {
    switch (to) {
      case "running" -> life.running();
      case "draining" -> life.draining();
      case "failed" -> life.failed("the reason");
      case "closed" -> life.closed();
      default -> throw new IllegalArgumentException(to);
    }
  }

  private static boolean tryMove(LifeCycle life, String to) {
    return switch (to) {
      case "running" -> life.tryRunning();
      case "draining" -> life.tryDraining();
      case "failed" -> life.tryFailed("the reason");
      case "closed" -> life.tryClosed();
      default -> throw new IllegalArgumentException(to);
    };
  }

  private static LifeCycle in(String state) {
    LifeCycle life = new LifeCycle();
    switch (state) {
      case "opening" -> {}
      case "running" -> life.running();
      case "draining" -> life.draining();
      case "failed" -> life.failed("an earlier reason");
      case "closed" -> {
        life.draining();
        life.closed();
      }
      default -> throw new IllegalArgumentException(state);
    }
    return life;
  }

  static Stream<Arguments> everyPair() {
    return LEGAL.keySet().stream()
        .flatMap(from -> TARGETS.stream().map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("everyPair")
  void aMoveIsMadeOrRefusedWithBothNames(String from, String to) {
    LifeCycle life = in(from);
    TenantState before = life.state();

    if (legal(from, to)) {
      move(life, to);

      assertThat(life.state().name()).isEqualTo(to);
    } else {
      assertThatIllegalStateException()
          .isThrownBy(() -> move(life, to))
          .withMessage("an instance that is " + from + " cannot become " + to);
      assertThat(life.state()).isSameAs(before);
    }
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("everyPair")
  void tryingSaysWhetherTheMoveWasMade(String from, String to) {
    LifeCycle life = in(from);

    assertThat(tryMove(life, to)).isEqualTo(legal(from, to));
    assertThat(life.state().name()).isEqualTo(legal(from, to) ? to : from);
  }

  @Test
  void everyStateLeadsToClosed() {
    assertThat(LEGAL.keySet())
        .allSatisfy(
            from -> {
              LifeCycle life = in(from);
              life.tryDraining();
              life.tryClosed();
              assertThat(life.state().name()).isEqualTo("closed");
            });
  }

  @Test
  void onlyRunningIsRunning() {
    assertThat(LEGAL.keySet())
        .allSatisfy(from -> assertThat(in(from).isRunning()).isEqualTo(from.equals("running")));
  }

  @Test
  void theFirstReasonOfAFailureStays() {
    LifeCycle life = new LifeCycle();
    life.failed("port 3500 is taken");

    life.tryFailed("something later");

    assertThat(life.state()).isEqualTo(new TenantState.Failed("port 3500 is taken"));
  }

  @Test
  void listenersSeeEveryMoveInOrder() {
    LifeCycle life = new LifeCycle();
    List<String> seen = new ArrayList<>();
    life.onChange((from, to) -> seen.add(from.name() + ">" + to.name()));

    life.running();
    life.tryRunning();
    life.draining();
    life.failed("no end");
    life.closed();

    assertThat(seen)
        .containsExactly("opening>running", "running>draining", "draining>failed", "failed>closed");
  }

  @Test
  void aListenerMayMakeTheNextMoveAndOthersStillSeeThemInOrder() {
    LifeCycle life = new LifeCycle();
    List<String> seen = new ArrayList<>();
    life.onChange(
        (from, to) -> {
          if (to instanceof TenantState.Draining) {
            life.closed();
          }
        });
    life.onChange((from, to) -> seen.add(to.name()));

    life.running();
    life.draining();

    assertThat(seen).containsExactly("running", "draining", "closed");
  }

  @Test
  void aListenerThatThrowsIsLoggedAndHarmsNobody() {
    LifeCycle life = new LifeCycle();
    List<LogRecord> logged = new ArrayList<>();
    Handler capture = capture(logged);
    List<String> seen = new ArrayList<>();
    life.onChange(
        (from, to) -> {
          throw new IllegalArgumentException("broken");
        });
    life.onChange((from, to) -> seen.add(to.name()));
    Logger logger = Logger.getLogger("io.jitney.tenancy");
    logger.addHandler(capture);
    logger.setUseParentHandlers(false);

    try {
      life.running();
      life.draining();
    } finally {
      logger.setUseParentHandlers(true);
      logger.removeHandler(capture);
    }

    assertThat(life.state().name()).isEqualTo("draining");
    assertThat(seen).containsExactly("running", "draining");
    assertThat(logged).hasSize(2);
    assertThat(logged.getFirst().getThrown()).hasMessage("broken");
  }

  private static Handler capture(List<LogRecord> into) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        into.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void ofRacingMovesExactlyOneWins() throws Exception {
    for (int round = 0; round < 100; round++) {
      LifeCycle life = in("running");
      List<String> seen = Collections.synchronizedList(new ArrayList<>());
      life.onChange((from, to) -> seen.add(from.name() + ">" + to.name()));
      AtomicInteger drained = new AtomicInteger();
      AtomicInteger closed = new AtomicInteger();
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> all = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 8; i++) {
          all.add(
              threads.submit(
                  () -> {
                    start.await();
                    drained.addAndGet(life.tryDraining() ? 1 : 0);
                    closed.addAndGet(life.tryClosed() ? 1 : 0);
                    return null;
                  }));
        }
        start.countDown();
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertThat(drained).hasValue(1);
      assertThat(closed).hasValue(1);
      assertThat(seen).containsExactly("running>draining", "draining>closed");
    }
  }
}
