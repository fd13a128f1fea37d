package io.jitney.daemon.resiliency;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.resources.ResiliencyResource;
import io.jitney.daemon.resources.ResiliencyResource.CircuitBreaker;
import io.jitney.daemon.resources.ResiliencyResource.ComponentTarget;
import io.jitney.daemon.resources.ResiliencyResource.Retry;
import io.jitney.daemon.resources.ResiliencyResource.Target;
import io.jitney.daemon.resources.Resource;
import io.jitney.tenancy.scope.AppScopes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ResiliencyTableTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final Target NOTHING = new Target("", "", "", "", "");

  private final List<String> problems = new ArrayList<>();

  @AfterAll
  static void close() {
    VERTX.close();
  }

  private static Retry retries(String most) {
    return new Retry("constant", "1ms", "", most, "", "");
  }

  private static ResiliencyResource resource(
      String name,
      Map<String, String> timeouts,
      Map<String, Retry> retries,
      Map<String, CircuitBreaker> breakers,
      Map<String, Target> apps,
      Map<String, ComponentTarget> components) {
    return new ResiliencyResource(
        new Resource.Metadata(name, "", "", AppScopes.of(List.of())),
        timeouts,
        retries,
        breakers,
        apps,
        Map.of(),
        components);
  }

  private ResiliencyTable table(ResiliencyResource... resources) {
    return ResiliencyTable.of(List.of(resources), PolicyMetrics.NONE, problems::add);
  }

  private static long most(Policy policy) {
    return Objects.requireNonNull(policy.retry()).maxRetries();
  }

  @Test
  void theMostSpecificDefaultCountsAndAnEmptyTargetSwitchesThemOff() {
    ResiliencyTable table =
        table(
            resource(
                "r",
                Map.of(
                    "DefaultTimeoutPolicy",
                    "30s",
                    "DefaultPubsubComponentInboundTimeoutPolicy",
                    "2s"),
                Map.of(
                    "DefaultRetryPolicy", retries("1"),
                    "DefaultAppRetryPolicy", retries("2"),
                    "DefaultComponentRetryPolicy", retries("3"),
                    "DefaultComponentOutboundRetryPolicy", retries("4"),
                    "DefaultStatestoreComponentOutboundRetryPolicy", retries("5")),
                Map.of(),
                Map.of("own", NOTHING),
                Map.of("mine", new ComponentTarget(NOTHING, NOTHING))));
    assertThat(most(table.app("other", "m"))).isEqualTo(2);
    assertThat(table.app("own", "m").isNone()).isTrue();
    assertThat(table.hasApp("own")).isTrue();
    assertThat(most(table.component("s", ComponentType.STATESTORE, Direction.OUTBOUND)))
        .isEqualTo(5);
    assertThat(most(table.component("s", ComponentType.LOCK, Direction.OUTBOUND))).isEqualTo(4);
    Policy inbound = table.component("s", ComponentType.PUBSUB, Direction.INBOUND);
    assertThat(most(inbound)).isEqualTo(3);
    assertThat(inbound.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(table.component("mine", ComponentType.LOCK, Direction.OUTBOUND).isNone()).isTrue();
    assertThat(problems).isEmpty();
  }

  @Test
  void builtInRetriesCanBeNamedButNotMadeFewerThanThree() {
    assertThat(most(table().builtIn(BuiltIn.SERVICE))).isEqualTo(3);
    ResiliencyTable table =
        table(
            resource(
                "r",
                Map.of(),
                Map.of(
                    "DaprBuiltInServiceRetries", retries("-1"),
                    "DaprBuiltInActorRetries", retries("7"),
                    "DaprBuiltInActorNotFoundRetries", retries("9")),
                Map.of(),
                Map.of(),
                Map.of()));
    assertThat(most(table.builtIn(BuiltIn.SERVICE))).isEqualTo(3);
    assertThat(most(table.builtIn(BuiltIn.ACTOR))).isEqualTo(7);
    assertThat(most(table.builtIn(BuiltIn.ACTOR_NOT_FOUND))).isEqualTo(5);
    assertThat(problems).singleElement().asString().contains("DaprBuiltInActorNotFoundRetries");
  }

  @Test
  void breakersArePerMethodOfAnAppAndPerComponentForAllDirections() {
    ResiliencyTable table =
        table(
            resource(
                "r",
                Map.of(),
                Map.of(),
                Map.of("c", new CircuitBreaker("", "", "", "")),
                Map.of("b", new Target("", "", "c", "", "2")),
                Map.of(
                    "red",
                    new ComponentTarget(
                        new Target("", "", "c", "", ""), new Target("", "", "c", "", "")))));
    var first = table.app("b", "one").breaker();
    assertThat(table.app("b", "one").breaker()).isSameAs(first).isNotNull();
    assertThat(table.app("b", "two").breaker()).isNotSameAs(first);
    table.app("b", "three"); // the third of two
    assertThat(table.app("b", "one").breaker()).isNotSameAs(first);
    assertThat(table.component("red", ComponentType.PUBSUB, Direction.INBOUND).breaker())
        .isSameAs(table.component("red", ComponentType.STATESTORE, Direction.OUTBOUND).breaker());
  }

  @Test
  void whatCannotBeReadIsReportedAndTheRestCounts() {
    ResiliencyTable table =
        table(
            resource(
                "bad",
                Map.of("t", "soon"),
                Map.of(),
                Map.of(),
                Map.of("b", new Target("t", "", "", "", "")),
                Map.of()),
            resource(
                "good",
                Map.of(),
                Map.of("DefaultRetryPolicy", retries("1")),
                Map.of(),
                Map.of(),
                Map.of()));
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("Could not read resiliency policy bad: timeouts.t: ");
    assertThat(table.hasApp("b")).isFalse();
    assertThat(most(table.app("b", "m"))).isEqualTo(1);
  }

  @Test
  void whatIsAskedForAtEachCallIsResolvedOnceAndWhatConcernsNobodyIsNotAskedFor() {
    ResiliencyTable table =
        table(
            resource(
                "r",
                Map.of("t", "1s"),
                Map.of(),
                Map.of(),
                Map.of("b", new Target("t", "", "", "", "")),
                Map.of("s", new ComponentTarget(NOTHING, new Target("t", "", "", "", "")))));
    Policy outbound = table.component("s", ComponentType.STATESTORE, Direction.OUTBOUND);
    assertThat(outbound.isNone()).isFalse();
    assertThat(table.component("s", ComponentType.STATESTORE, Direction.OUTBOUND))
        .isSameAs(outbound);
    assertThat(table.component("s", ComponentType.STATESTORE, Direction.INBOUND))
        .isSameAs(Policy.NONE);
    assertThat(table.component("other", ComponentType.STATESTORE, Direction.OUTBOUND))
        .isSameAs(Policy.NONE);
    assertThat(table.concerns("b")).isTrue();
    assertThat(table.concerns("c")).isFalse();
    assertThat(
            table(
                    resource(
                        "r",
                        Map.of(),
                        Map.of("DefaultRetryPolicy", retries("1")),
                        Map.of(),
                        Map.of(),
                        Map.of()))
                .concerns("c"))
        .isTrue();
  }

  @Test
  void twoTenantsHaveTheirOwnBreakers() {
    ResiliencyResource same =
        resource(
            "r",
            Map.of(),
            Map.of(),
            Map.of("c", new CircuitBreaker("", "", "", "consecutiveFailures >= 1")),
            Map.of("b", new Target("", "", "c", "", "")),
            Map.of());
    Policy mine = table(same).app("b", "m");
    Policy theirs = table(same).app("b", "m");
    run(mine, new AtomicInteger(), 1);
    assertThat(run(mine, new AtomicInteger(), 0)).isEqualTo("circuit breaker is open");
    assertThat(run(theirs, new AtomicInteger(), 0)).isEqualTo("done");
  }

  @Test
  void attemptsAreRepeatedUntilOneSucceedsOrTheLimitIsReached() {
    Policy policy =
        table(
                resource(
                    "r",
                    Map.of(),
                    Map.of("DefaultRetryPolicy", retries("3")),
                    Map.of(),
                    Map.of(),
                    Map.of()))
            .app("b", "m");
    AtomicInteger attempts = new AtomicInteger();
    assertThat(run(policy, attempts, 2)).isEqualTo("done");
    assertThat(attempts).hasValue(3);
    attempts.set(0);
    assertThat(run(policy, attempts, 100)).isEqualTo("failure 4");
    assertThat(attempts).hasValue(4);
    attempts.set(0);
    assertThat(run(policy.once(), attempts, 100)).isEqualTo("failure 1");
  }

  @Test
  void anAttemptThatTakesTooLongFailsAndItsLateResultIsDiscarded() throws Exception {
    Policy policy =
        table(
                resource(
                    "r",
                    Map.of("DefaultTimeoutPolicy", "20ms"),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of()))
            .app("b", "m");
    Future<String> result =
        policy.run(
            VERTX,
            failure -> RetryMatch.NO_CODE,
            () -> VERTX.timer(10, TimeUnit.SECONDS).map("late"));
    assertThat(
            result
                .otherwise(Throwable::getMessage)
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS))
        .isEqualTo("context deadline exceeded");
  }

  @Test
  void aCallThatIsTakenBackMakesNoFurtherAttempt() throws Exception {
    Policy policy =
        new Policy(
            Duration.ZERO, RetryPolicy.constant(Duration.ofMillis(300), -1, RetryMatch.ALL), null);
    AtomicInteger attempts = new AtomicInteger();
    PolicyRun<String> run =
        policy.start(VERTX, failure -> RetryMatch.NO_CODE, () -> attempt(attempts, 100));
    run.cancel(new IllegalStateException("gone"));
    assertThat(
            run.result()
                .otherwise(Throwable::getMessage)
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS))
        .isEqualTo("gone");
    Thread.sleep(400);
    assertThat(attempts).hasValue(1);
  }

  private static Future<String> attempt(AtomicInteger attempts, int failing) {
    int number = attempts.incrementAndGet();
    return number <= failing
        ? Future.failedFuture(new IllegalStateException("failure " + number))
        : Future.succeededFuture("done");
  }

  private static String run(Policy policy, AtomicInteger attempts, int failing) {
    return policy
        .run(VERTX, failure -> RetryMatch.NO_CODE, () -> attempt(attempts, failing))
        .otherwise(Throwable::getMessage)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
