package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuietTest {
  private final Vertx vertx = Vertx.vertx();
  private final InFlight inFlight = new InFlight();
  private final AtomicInteger paused = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private final class Broker implements PubSub.Pausable {
    private final Future<Void> answer;

    Broker(Future<Void> answer) {
      this.answer = answer;
    }

    @Override
    public Future<Void> pause() {
      paused.incrementAndGet();
      return answer;
    }

    @Override
    public Set<PubSubFeature> features() {
      return Set.of();
    }

    @Override
    public Future<Void> publish(CallContext context, PublishRequest request) {
      return Future.succeededFuture();
    }

    @Override
    public Future<Subscription> subscribe(
        Flow flow, SubscribeRequest request, MessageHandler handler) {
      return Future.failedFuture("not asked for");
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private static void await(Future<Void> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatWasFetchedIsHandledBeforeItIsOver() throws Exception {
    assertThat(inFlight.enter()).isTrue();
    Future<Void> quiet = Quiet.of(vertx, new Broker(Future.succeededFuture()), inFlight, 30);
    Thread.sleep(250);
    assertThat(paused.get()).isEqualTo(1);
    assertThat(quiet.isComplete()).isFalse();
    assertThat(inFlight.enter()).isTrue(); // the next one that was fetched
    inFlight.leave();
    inFlight.leave();
    await(quiet);
  }

  @Test
  void aHandlerThatNeverEndsHasItsLimit() throws Exception {
    assertThat(inFlight.enter()).isTrue();
    long begin = System.nanoTime();
    await(Quiet.of(vertx, new Broker(Future.succeededFuture()), inFlight, 1));
    assertThat(System.nanoTime() - begin).isBetween(900_000_000L, 5_000_000_000L);
  }

  @Test
  void aBrokerThatCannotPauseNowIsNoReasonToStay() throws Exception {
    await(Quiet.of(vertx, new Broker(Future.failedFuture("no")), inFlight, 30));
    assertThat(paused.get()).isEqualTo(1);
  }
}
