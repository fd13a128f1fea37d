package io.jitney.daemon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.instance.InstanceSettings.AppHealthSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppHealthTest {
  private static final AppHealthSettings SETTINGS = new AppHealthSettings("/healthz", 5, 5, 3);

  private final Vertx vertx = Vertx.vertx();
  private final List<Boolean> changes = new CopyOnWriteArrayList<>();
  private final AtomicInteger probes = new AtomicInteger();
  private volatile Answers answers = number -> Future.succeededFuture(true);
  private final AppHealth health =
      new AppHealth(
          vertx, vertx.getOrCreateContext(), SETTINGS, () -> answers.of(probes.incrementAndGet()));

  private interface Answers {
    Future<Boolean> of(int number);
  }

  @AfterEach
  void close() {
    health.close();
    vertx.close();
  }

  @Test
  void beginsUnhealthyAndOneGoodAnswerSuffices() {
    assertThat(health.healthy()).isFalse();
    health.start(changes::add);
    await(() -> health.healthy());
    assertThat(changes).containsExactly(true);
  }

  @Test
  void badAnswersInARowMakeItUnhealthy() {
    answers = number -> Future.succeededFuture(number < 3);
    health.start(changes::add);
    await(() -> changes.equals(List.of(true, false)));
    assertThat(probes.get()).isGreaterThanOrEqualTo(5);
    answers = number -> Future.succeededFuture(true);
    await(() -> changes.equals(List.of(true, false, true)));
  }

  @Test
  void scatteredBadAnswersDoNot() {
    answers = number -> Future.succeededFuture(number % 3 == 1);
    health.start(changes::add);
    await(() -> probes.get() > 30);
    assertThat(changes).containsExactly(true);
  }

  @Test
  void noAnswerInTimeIsABadOne() {
    answers =
        number -> number == 1 ? Future.succeededFuture(true) : Promise.<Boolean>promise().future();
    health.start(changes::add);
    await(() -> changes.equals(List.of(true, false)));
  }

  @Test
  void afterTheCloseNobodyIsAsked() {
    health.start(changes::add);
    await(() -> probes.get() > 2);
    health.close();
    int asked = probes.get();
    Awaitility.await().pollDelay(Duration.ofMillis(60)).until(() -> true);
    assertThat(probes.get()).isLessThanOrEqualTo(asked + 1);
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(5))
        .until(condition);
  }
}
