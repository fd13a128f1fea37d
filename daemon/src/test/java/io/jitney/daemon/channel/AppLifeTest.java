package io.jitney.daemon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppLifeTest {
  private final List<String> told = new ArrayList<>();
  private final AppLife life = new AppLife();

  private final class Recorded implements AppLife.Part {
    private final String name;
    private Future<Void> beginning = Future.succeededFuture();
    private Future<Void> stopping = Future.succeededFuture();

    Recorded(String name) {
      this.name = name;
    }

    @Override
    public Future<Void> begin() {
      told.add(name + " begins");
      return beginning;
    }

    @Override
    public Future<Void> stop() {
      told.add(name + " stops");
      return stopping;
    }
  }

  private Recorded part(String name) {
    Recorded part = new Recorded(name);
    life.add(part);
    return part;
  }

  @Test
  void partsBeginAndStopInOrder() {
    part("one");
    part("two");

    life.healthy(true);
    life.healthy(false);
    life.healthy(true);

    assertThat(told)
        .containsExactly(
            "one begins", "two begins", "one stops", "two stops", "one begins", "two begins");
  }

  @Test
  void aPartThatFailsDoesNotHinderTheNext() {
    part("one").beginning = Future.failedFuture("no");
    part("two");

    Future<Void> done = life.healthy(true);

    assertThat(done.succeeded()).isTrue();
    assertThat(told).containsExactly("one begins", "two begins");
  }

  @Test
  void whatBeginsIsStoppedWithoutWaitingForIt() {
    Promise<Void> never = Promise.promise();
    part("one").beginning = never.future();
    part("two");
    Future<Void> begun = life.healthy(true);

    Future<Void> ended = life.end();

    assertThat(told).containsExactly("one begins", "one stops", "two stops");
    assertThat(ended.succeeded()).isTrue();
    assertThat(begun.succeeded()).isTrue();
    never.complete();
    assertThat(told).hasSize(3);
  }

  @Test
  void onlyTheLastStateCountsAfterFlapping() {
    Recorded part = part("one");
    Promise<Void> drained = Promise.promise();
    life.healthy(true);
    part.stopping = drained.future();
    life.healthy(false);
    life.healthy(true);
    life.healthy(false);
    Future<Void> last = life.healthy(true);
    assertThat(last.isComplete()).isFalse();

    drained.complete();

    assertThat(told).containsExactly("one begins", "one stops", "one begins");
    assertThat(last.succeeded()).isTrue();
  }

  @Test
  void nothingBeginsAfterTheEnd() {
    part("one");
    life.end();

    life.healthy(true);

    assertThat(told).isEmpty();
  }
}
