package io.jitney.daemon.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.invoke.InvokeClient.Outcome;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.FreePort;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What service invocation does, over both fronts and to apps of every protocol; a subclass says how
 * the daemon runs. Tenants: {@code a} calls {@code b}; {@code c} must notice nothing.
 */
@ParameterizedClass(name = "{0} to {1}")
@MethodSource("variants")
abstract class InvokeApiTests {
  private static final AtomicInteger TESTS = new AtomicInteger();

  enum Front {
    HTTP(InvokeClient.Http::new),
    GRPC(InvokeClient.Grpc::new);

    final Function<Sidecar, InvokeClient> connect;

    Front(Function<Sidecar, InvokeClient> connect) {
      this.connect = connect;
    }
  }

  @Parameter(0)
  Front front;

  @Parameter(1)
  String protocol;

  private final int number = TESTS.incrementAndGet();
  private final String a = "a-" + number;
  private final String b = "b-" + number;
  private final List<AutoCloseable> open = new ArrayList<>();

  abstract DaemonExtension daemon();

  static Stream<Arguments> variants() {
    return Stream.of(Front.values())
        .flatMap(
            front ->
                Stream.of("http", "h2c", "https", "grpc", "grpcs")
                    .map(protocol -> Arguments.of(front, protocol)));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void aCallReachesTheOtherAppAndNobodyElse() throws Exception {
    TestApp app = app();
    TestApp bystander = app();
    InvokeClient client = client(SidecarSpec.app(a));
    sidecar(SidecarSpec.app(b).app(app.port(), protocol));
    sidecar(SidecarSpec.app("c-" + number).app(bystander.port(), protocol));
    Outcome outcome =
        client.call(
            b,
            "PUT",
            "x/y",
            "q=1&r=%20",
            "{\"n\":1}",
            "content-type",
            "application/json",
            "x-custom",
            "v");
    assertThat(outcome).isEqualTo(new Outcome(true, good(), "{\"n\":1}", "application/json", ""));
    TestApp.Seen seen = app.only();
    assertThat(seen.verb()).isEqualTo("PUT");
    assertThat(seen.method()).isEqualTo("x/y");
    assertThat(seen.query()).isEqualTo("q=1&r=%20");
    assertThat(seen.body()).isEqualTo("{\"n\":1}");
    assertThat(seen.headers().getAll("x-custom")).containsExactly("v");
    assertThat(seen.headers().getAll("dapr-caller-app-id")).containsExactly(a);
    assertThat(seen.headers().getAll("dapr-callee-app-id")).containsExactly(b);
    assertThat(seen.headers().getAll("dapr-caller-namespace")).containsExactly("default");
    assertThat(seen.headers().get("x-forwarded-for")).isNotEmpty();
    assertThat(seen.headers().get("traceparent")).isNotEmpty();
    assertThat(bystander.seen()).isEmpty();
  }

  @Test
  void theOwnAppIsCalledWithoutWordsAboutTheWay() throws Exception {
    TestApp app = app();
    InvokeClient client = client(SidecarSpec.app(a).app(app.port(), protocol));
    assertThat(client.post(a, "x", "hi").body()).isEqualTo("hi");
    assertThat(app.only().headers().contains("dapr-caller-app-id")).isFalse();
    assertThat(app.only().headers().contains("x-forwarded-for")).isFalse();
  }

  @Test
  void aCallWithoutBodyHasNone() throws Exception {
    TestApp app = app();
    InvokeClient client = client(SidecarSpec.app(a));
    sidecar(SidecarSpec.app(b).app(app.port(), protocol));
    assertThat(client.call(b, "GET", "x", "", null).ok()).isTrue();
    assertThat(app.only().verb()).isEqualTo("GET");
    assertThat(app.only().body()).isEmpty();
  }

  @Test
  void nobodyForgesWhoCalls() throws Exception {
    TestApp app = app();
    InvokeClient client = client(SidecarSpec.app(a).app(app.port(), protocol));
    client.post(a, "x", "", "dapr-caller-app-id", "evil", "dapr-caller-namespace", "evil");
    assertThat(app.only().headers().contains("dapr-caller-app-id")).isFalse();
    assertThat(app.only().headers().contains("dapr-caller-namespace")).isFalse();
  }

  @Test
  void anAppIdIsOfTheCallersNamespaceUnlessItSaysOtherwise() throws Exception {
    TestApp here = app();
    TestApp there = app();
    InvokeClient client = client(SidecarSpec.app(a).env("NAMESPACE", "one"));
    sidecar(SidecarSpec.app(b).env("NAMESPACE", "one").app(here.port(), protocol));
    sidecar(SidecarSpec.app(b).env("NAMESPACE", "two").app(there.port(), protocol));
    assertThat(client.post(b, "x", "1").ok()).isTrue();
    assertThat(client.post(b + ".two", "x", "2").ok()).isTrue();
    assertThat(here.only().body()).isEqualTo("1");
    assertThat(there.only().body()).isEqualTo("2");
    assertThat(there.only().headers().get("dapr-caller-namespace")).isEqualTo("one");
  }

  @Test
  void theTokenOfTheCalleesAppGoesAlongAndNoOther() throws Exception {
    TestApp app = app();
    InvokeClient client =
        client(SidecarSpec.app(a).env("APP_API_TOKEN", "callers").env("DAPR_API_TOKEN", "api"));
    sidecar(SidecarSpec.app(b).env("APP_API_TOKEN", "callees").app(app.port(), protocol));
    assertThat(client.post(b, "x", "", "dapr-api-token", "api").ok()).isTrue();
    assertThat(app.only().headers().getAll("dapr-api-token")).containsExactly("callees");
  }

  @Test
  void anErrorOfTheAppIsPassedOn() throws Exception {
    TestApp app = app();
    InvokeClient client = client(SidecarSpec.app(a));
    sidecar(SidecarSpec.app(b).app(app.port(), protocol));
    boolean grpc = protocol.startsWith("grpc");
    Outcome outcome = client.post(b, grpc ? "status/5" : "status/404", "gone");
    assertThat(outcome.ok()).isFalse();
    assertThat(outcome.status()).isEqualTo(front == Front.HTTP ? "404" : "NOT_FOUND");
    assertThat(app.seen()).as("not repeated").hasSize(1);
  }

  @Test
  void anAppThatNobodyHas() {
    InvokeClient client = client(SidecarSpec.app(a));
    Outcome outcome = client.post("nobody-" + number, "x", "");
    assertThat(outcome.status()).isEqualTo(wrong());
    assertThat(outcome.message())
        .contains(
            "failed to invoke, id: nobody-"
                + number
                + ", err: couldn't find service: nobody-"
                + number);
  }

  @Test
  void idsThatAreNone() {
    InvokeClient client = client(SidecarSpec.app(a));
    assertThat(client.post("a.b.c", "x", "").message()).contains("err: invalid app id a.b.c");
  }

  @Test
  void sidecarsWithoutAnApp() {
    InvokeClient client = client(SidecarSpec.app(a));
    sidecar(SidecarSpec.app(b));
    assertThat(client.post(a, "x", "").message())
        .contains("err: cannot invoke local endpoint: app channel not initialized");
    assertThat(client.post(b, "x", "").message())
        .contains("err: rpc error: code = Internal desc = app channel is not initialized");
  }

  @Test
  void anAppThatDoesNotListen() throws Exception {
    int nobody = FreePort.pick();
    InvokeClient client = client(SidecarSpec.app(a));
    sidecar(SidecarSpec.app(b).app(nobody, protocol));
    Outcome outcome = client.post(b, "x", "");
    String refused = "dial tcp 127.0.0.1:" + nobody + ": connect: connection refused";
    if (protocol.startsWith("grpc")) {
      assertThat(outcome.status()).isEqualTo(front == Front.HTTP ? "503" : "UNAVAILABLE");
      assertThat(outcome.message()).contains("transport: Error while dialing: " + refused);
    } else {
      assertThat(outcome.status()).isEqualTo(wrong());
      assertThat(outcome.message()).contains("error invoking app channel: Post ").contains(refused);
    }
  }

  @Test
  void accessControlDeniesOtherAppsAndNotTheOwn() throws Exception {
    TestApp app = app();
    InvokeClient client = client(SidecarSpec.app(a));
    InvokeClient own =
        client(
            SidecarSpec.app(b)
                .app(app.port(), protocol)
                .configuration(
                    """
                    apiVersion: dapr.io/v1alpha1
                    kind: Configuration
                    metadata: {name: c}
                    spec:
                      accessControl: {defaultAction: deny, trustDomain: public}
                    """));
    Outcome denied = client.post(b, "x", "");
    assertThat(denied.status()).isEqualTo(front == Front.HTTP ? "403" : "INTERNAL");
    assertThat(denied.message())
        .contains(
            "rpc error: code = PermissionDenied desc = access control policy has denied access to id: "
                + " operation: x verb: "
                + (protocol.startsWith("grpc") ? "NONE" : "POST"));
    assertThat(own.post(b, "x", "").ok()).isTrue();
    assertThat(app.seen()).hasSize(1);
  }

  @Test
  void aLongBodyPassesAndOneOverTheLimitDoesNot() throws Exception {
    TestApp app = app();
    InvokeClient client = client(SidecarSpec.app(a));
    sidecar(SidecarSpec.app(b).app(app.port(), protocol));
    String body = "0123456789abcdef".repeat(3 << 16);
    assertThat(client.post(b, "x", body).body()).isEqualTo(body);
    Outcome tooLong = client.post(b, "x", "x".repeat((4 << 20) + 1));
    assertThat(tooLong.ok()).isFalse();
    assertThat(app.seen()).hasSize(1);
    assertThat(client.post(b, "x", "and on").body()).isEqualTo("and on");
  }

  @Test
  void instancesShareTheCalls() throws Exception {
    TestApp first = app();
    TestApp second = app();
    InvokeClient client = client(SidecarSpec.app(a));
    sidecar(SidecarSpec.app(b).app(first.port(), protocol));
    Sidecar other = sidecar(SidecarSpec.app(b).app(second.port(), protocol));
    // The question for its configuration, which an app gets first of all, is load like any other.
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              int atFirst = first.seen().size();
              int atSecond = second.seen().size();
              for (int i = 0; i < 10; i++) {
                assertThat(client.post(b, "x", "").ok()).isTrue();
              }
              int shareOfFirst = first.seen().size() - atFirst;
              assertThat(shareOfFirst).isBetween(3, 7);
              assertThat(second.seen()).hasSize(atSecond + 10 - shareOfFirst);
            });
    int before = second.seen().size();
    other.close();
    for (int i = 0; i < 4; i++) {
      assertThat(client.post(b, "x", "").ok()).isTrue();
    }
    assertThat(second.seen()).as("closed").hasSize(before);
  }

  @Test
  void aCallToTheOwnIdStaysWithTheOwnInstance() throws Exception {
    TestApp first = app();
    TestApp second = app();
    InvokeClient one = client(SidecarSpec.app(b).app(first.port(), protocol));
    InvokeClient two = client(SidecarSpec.app(b).app(second.port(), protocol));
    for (int i = 0; i < 3; i++) {
      assertThat(one.post(b, "x", "").ok()).isTrue();
    }
    assertThat(two.post(b, "x", "").ok()).isTrue();
    assertThat(first.seen()).hasSize(3);
    assertThat(second.seen()).hasSize(1);
  }

  @Test
  void appMaxConcurrencyHoldsForAllCallersTogether() throws Exception {
    TestApp app = app();
    InvokeClient one = client(SidecarSpec.app(a));
    InvokeClient two = client(SidecarSpec.app("c-" + number));
    sidecar(SidecarSpec.app(b).app(new SidecarSpec.App(app.port(), protocol, 2)));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Outcome>> calls =
          IntStream.range(0, 6)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> (i % 2 == 0 ? one : two).post(b, "slow", ""), threads))
              .toList();
      for (CompletableFuture<Outcome> call : calls) {
        assertThat(call.get().ok()).isTrue();
      }
    }
    assertThat(app.most()).isEqualTo(2);
    assertThat(app.seen()).hasSize(6);
  }

  @Test
  void aTargetThatEndsIsNoTargetAnyMore() throws Exception {
    TestApp app = app();
    InvokeClient client = client(SidecarSpec.app(a));
    Sidecar callee = sidecar(SidecarSpec.app(b).app(app.port(), protocol));
    assertThat(client.post(b, "x", "").ok()).isTrue();
    callee.close();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(client.post(b, "x", "").message())
                    .contains("couldn't find service: " + b));
  }

  private String good() {
    return front == Front.HTTP ? "200" : "OK";
  }

  /** Status of the daemon's own errors. */
  private String wrong() {
    return front == Front.HTTP ? "500" : "INTERNAL";
  }

  private TestApp app() throws Exception {
    TestApp app = TestApp.start(protocol);
    open.add(app);
    return app;
  }

  private Sidecar sidecar(SidecarSpec spec) {
    return daemon().open(spec);
  }

  private InvokeClient client(SidecarSpec spec) {
    InvokeClient client = front.connect.apply(sidecar(spec));
    open.add(client);
    return client;
  }
}
