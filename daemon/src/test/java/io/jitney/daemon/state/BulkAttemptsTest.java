package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException.EtagMismatch;
import io.jitney.components.spi.ComponentException.Failed;
import io.jitney.components.state.BulkFailure;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resiliency.ComponentType;
import io.jitney.daemon.resiliency.PolicyMetrics;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.resources.ResiliencyResource;
import io.jitney.daemon.resources.ResiliencyResource.Retry;
import io.jitney.daemon.resources.Resource;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.daemon.testing.TestInstances;
import io.jitney.tenancy.scope.AppScopes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class BulkAttemptsTest {
  private static final Vertx VERTX = Vertx.vertx();

  private final List<List<String>> writes = new ArrayList<>();

  @AfterAll
  static void close() {
    VERTX.close().await();
  }

  private static StateCall call() {
    AppInstance instance = new TestInstances().open("a", InstanceMetrics.NONE);
    instance.resiliency(
        Resiliency.of(
            VERTX,
            List.of(
                new ResiliencyResource(
                    new Resource.Metadata("r", "", "", AppScopes.EVERY_APP),
                    Map.of(),
                    Map.of("DefaultRetryPolicy", new Retry("", "1ms", "", "3", "", "")),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of())),
            PolicyMetrics.NONE,
            problem -> {}));
    return new StateCall(
        instance,
        new StateBinding("s", null, KeyPrefix.NONE, null),
        instance.callContext(null),
        instance.resiliency().outbound(ComponentType.STATESTORE, "s"));
  }

  /** Writes keys; {@code failure} says what happens to a key in the current attempt, or null. */
  private Throwable write(List<String> keys, Function<String, Throwable> failure) throws Exception {
    return BulkAttempts.run(call(), keys, key -> key, (context, left) -> attempt(left, failure))
        .map(done -> (Throwable) null)
        .otherwise(cause -> cause)
        .toCompletionStage()
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
  }

  private Future<Void> attempt(List<String> left, Function<String, Throwable> failure) {
    writes.add(left);
    List<BulkFailure.Item> failed = new ArrayList<>();
    for (String key : left) {
      Throwable cause = failure.apply(key);
      if (cause != null) {
        failed.add(new BulkFailure.Item(key, cause));
      }
    }
    return failed.isEmpty()
        ? Future.succeededFuture()
        : Future.failedFuture(new BulkFailure(failed));
  }

  @Test
  void onlyWhatFailedIsWrittenAgain() throws Exception {
    Throwable end =
        write(
            List.of("a", "b", "c"),
            key -> key.equals("b") && writes.size() < 3 ? new Failed("no") : null);
    assertThat(end).isNull();
    assertThat(writes).containsExactly(List.of("a", "b", "c"), List.of("b"), List.of("b"));
  }

  @Test
  void whatItsEtagRefusedIsNotWrittenAgainAndStillFails() throws Exception {
    Throwable end =
        write(
            List.of("a", "b", "c"),
            key ->
                key.equals("a")
                    ? new EtagMismatch(null)
                    : key.equals("b") && writes.size() == 1 ? new Failed("no") : null);
    assertThat(writes).containsExactly(List.of("a", "b", "c"), List.of("b"));
    assertThat(((BulkFailure) end).items()).extracting(BulkFailure.Item::key).containsExactly("a");
  }

  @Test
  void aLastingFailureIsToldWithTheRest() throws Exception {
    Throwable end =
        write(
            List.of("a", "b", "c"),
            key ->
                switch (key) {
                  case "a" -> new EtagMismatch(null);
                  case "b" -> new Failed("no");
                  default -> null;
                });
    assertThat(writes).hasSize(4);
    assertThat(((BulkFailure) end).items())
        .extracting(BulkFailure.Item::key)
        .containsExactly("a", "b");
  }

  @Test
  void eachAttemptHasItsOwnDeadline() throws Exception {
    List<Long> deadlines = new ArrayList<>();
    StateCall call = call();
    call.run(
            context -> {
              deadlines.add(context.deadlineNanos());
              return deadlines.size() < 2
                  ? Future.failedFuture(new Failed("no"))
                  : Future.succeededFuture();
            })
        .toCompletionStage()
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
    assertThat(deadlines).hasSize(2);
    assertThat(deadlines.get(1)).isGreaterThan(deadlines.get(0));
    CallContext first = call.context();
    assertThat(first.deadlineNanos()).isLessThan(deadlines.get(0));
  }
}
