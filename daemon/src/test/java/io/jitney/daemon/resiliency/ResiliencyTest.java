package io.jitney.daemon.resiliency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.resources.ResiliencyResource;
import io.jitney.daemon.resources.ResiliencyResource.Retry;
import io.jitney.daemon.resources.Resource;
import io.jitney.tenancy.scope.AppScopes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ResiliencyTest {
  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void close() {
    VERTX.close().await();
  }

  private static List<ResiliencyResource> retries(String most) {
    return List.of(
        new ResiliencyResource(
            new Resource.Metadata("r", "", "", AppScopes.EVERY_APP),
            Map.of(),
            Map.of("DefaultRetryPolicy", new Retry("", "1ms", "", most, "", "")),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of()));
  }

  @Test
  void withoutResourcesNothingHasAPolicyButWhatIsBuiltIn() {
    Resiliency plain = Resiliency.of(VERTX, List.of(), PolicyMetrics.NONE, problem -> {});
    assertThat(plain.outbound(ComponentType.PUBSUB, "p")).isSameAs(Policy.NONE);
    assertThat(plain.inbound(ComponentType.BINDING, "p")).isSameAs(Policy.NONE);
    assertThat(plain.app("a", "m")).isSameAs(Policy.NONE);
    assertThat(plain.builtIn(BuiltIn.INITIALIZATION).isNone()).isFalse();
    assertThat(Resiliency.NONE.builtIn(BuiltIn.INITIALIZATION)).isSameAs(Policy.NONE);
  }

  @Test
  void equalResourcesAreTheSame() {
    Resiliency one = Resiliency.of(VERTX, retries("1"), PolicyMetrics.NONE, problem -> {});
    assertThat(one.isOf(retries("1"))).isTrue();
    assertThat(one.isOf(retries("2"))).isFalse();
    assertThat(Resiliency.NONE.isOf(List.of())).isFalse();
  }

  @Test
  void attemptsAfterTheFirstAreInTheCallersContextWhereverFailuresComeFrom() throws Exception {
    Resiliency resiliency = Resiliency.of(VERTX, retries("3"), PolicyMetrics.NONE, problem -> {});
    Policy policy = resiliency.outbound(ComponentType.STATESTORE, "s");
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Promise<String> end = Promise.promise();
    Context context = VERTX.getOrCreateContext();
    context.runOnContext(
        go ->
            resiliency
                .run(
                    policy,
                    () -> {
                      threads.add(Thread.currentThread());
                      Promise<String> attempt = Promise.promise();
                      Thread.startVirtualThread(() -> attempt.fail("no"));
                      return attempt.future();
                    })
                .onComplete(
                    done -> {
                      threads.add(Thread.currentThread());
                      end.complete(String.valueOf(done.cause().getMessage()));
                    }));
    assertThat(await(end.future())).isEqualTo("no");
    assertThat(threads).hasSize(1);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}
