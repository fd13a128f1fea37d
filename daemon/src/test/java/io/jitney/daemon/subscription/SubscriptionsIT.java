package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Subscriptions of several apps on one daemon, over HTTP. */
class SubscriptionsIT {
  private static final String TO_T = "[{'pubsubname':'ps','topic':'t','route':'/on-t'}]";

  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private static SidecarSpec spec(String appId, SubscriberApp app) {
    return SidecarSpec.app(appId).component("ps", "pubsub.in-memory").app(app.port(), "http");
  }

  private static Sidecar open(SidecarSpec spec, SubscriberApp app) {
    Sidecar sidecar = DAEMON.open(spec);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> sidecar.http().get("/v1.0/healthz").status() == 204);
    return sidecar;
  }

  private static void publish(Sidecar sidecar, String topic, String body) {
    assertThat(sidecar.http().post("/v1.0/publish/ps/" + topic, body).status()).isEqualTo(204);
  }

  private static JsonArray listed(Sidecar sidecar) {
    return new JsonObject(sidecar.http().get("/v1.0/metadata").body())
        .getJsonArray("subscriptions", new JsonArray());
  }

  @Test
  void eachAppHearsItsOwnBrokerOnly() throws Exception {
    try (SubscriberApp appA = new SubscriberApp(TO_T);
        SubscriberApp appB = new SubscriberApp(TO_T)) {
      Sidecar a = open(spec("a", appA), appA);
      Sidecar b = open(spec("b", appB), appB);

      publish(a, "t", "of a");
      publish(b, "t", "of b");

      assertThat(appA.await(1).getFirst().json().getString("data")).isEqualTo("of a");
      assertThat(appB.await(1).getFirst().json().getString("data")).isEqualTo("of b");
      assertThat(appA.got()).hasSize(1);
      assertThat(appB.got()).hasSize(1);
      assertThat(appA.asked()).isEqualTo(1);
      assertThat(listed(a).encode())
          .isEqualTo(
              "[{\"pubsubname\":\"ps\",\"topic\":\"t\",\"rules\":[{\"path\":\"/on-t\"}],"
                  + "\"deadLetterTopic\":\"\",\"type\":\"PROGRAMMATIC\"}]");
    }
  }

  @Test
  void anAppThatNeverAnswersIsNobodyElsesProblem() throws Exception {
    try (SubscriberApp hung = new SubscriberApp(TO_T, (request, got) -> {});
        SubscriberApp well = new SubscriberApp(TO_T)) {
      Sidecar a = open(spec("hung", hung), hung);
      Sidecar b = open(spec("well", well), well);
      for (int i = 0; i < 200; i++) {
        publish(a, "t", "x");
      }

      long start = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        publish(b, "t", "y");
      }
      well.await(50);

      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(3_000);
      assertThat(hung.got()).hasSize(1);
    }
  }

  @Test
  void aRuleThatDoesNotCompileEndsItsInstanceOnly() throws Exception {
    try (SubscriberApp app = new SubscriberApp(TO_T)) {
      Sidecar b = open(spec("other", app), app);

      for (String rule : List.of("event.type ==", "nosuch(event)")) {
        assertThatThrownBy(
                () ->
                    DAEMON.open(
                        spec("bad", app).resource("s.yaml", declared("s", "t", rule, "/x"))))
            .hasMessageContaining("failed to load subscription s (ps/t)");
      }

      publish(b, "t", "still");
      app.await(1);
    }
  }

  private static String declared(String name, String topic, String rule, String path) {
    return """
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: %s
        spec:
          pubsubname: ps
          topic: %s
          routes:
            rules:
            - match: "%s"
              path: %s
        """
        .formatted(name, topic, rule, path);
  }

  @Test
  void rulesSeeTheEventAndOneThatFailsKeepsTheEventFromTheApp() throws Exception {
    try (SubscriberApp app = new SubscriberApp("[]")) {
      Sidecar a =
          open(
              spec("rules", app)
                  .resource("1.yaml", declared("one", "t", "event.data.n > 1.0", "/many"))
                  .resource("2.yaml", declared("two", "u", "event.nosuch == 1", "/never")),
              app);

      a.http().post("/v1.0/publish/ps/t", "{\"n\":1}", "content-type", "application/json");
      a.http().post("/v1.0/publish/ps/t", "{\"n\":2}", "content-type", "application/json");
      publish(a, "u", "x");

      assertThat(app.await(1).getFirst().path()).isEqualTo("/many");
      Awaitility.await()
          .until(() -> a.log().stream().anyMatch(line -> line.contains("error finding matching")));
      assertThat(app.got()).hasSize(1);
    }
  }

  @Test
  void maxConcurrencyHoldsForEvents() throws Exception {
    SubscriberApp[] self = {null};
    StringBuilder topics = new StringBuilder("[");
    for (int i = 0; i < 8; i++) {
      topics
          .append(i == 0 ? "" : ",")
          .append("{'pubsubname':'ps','topic':'t" + i + "','route':'/r'}");
    }
    try (SubscriberApp app =
        new SubscriberApp(topics + "]", (request, got) -> self[0].later(20, request))) {
      self[0] = app;
      Sidecar a = open(spec("few", app).app(new SidecarSpec.App(app.port(), "http", 2)), app);

      for (int i = 0; i < 8; i++) {
        publish(a, "t" + i, "x");
      }

      app.await(8);
      assertThat(app.most()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void eventsInFlightEndBeforeTheInstanceDoes() throws Exception {
    SubscriberApp[] self = {null};
    boolean[] answered = {false};
    try (SubscriberApp app =
        new SubscriberApp(
            TO_T,
            (request, got) -> {
              request.response().endHandler(over -> answered[0] = true);
              self[0].later(400, request);
            })) {
      self[0] = app;
      Sidecar a = open(spec("slow", app), app);
      publish(a, "t", "1");
      publish(a, "t", "2");
      app.await(1);

      a.close();

      assertThat(answered[0]).isTrue();
      assertThat(app.got()).hasSize(1); // the second was not begun
    }
  }

  @Test
  void aThousandSubscriptionsTakeNoThreads() throws Exception {
    StringBuilder topics = new StringBuilder("[");
    for (int i = 0; i < 1_000; i++) {
      topics
          .append(i == 0 ? "" : ",")
          .append("{'pubsubname':'ps','topic':'t" + i + "','route':'/r'}");
    }
    try (SubscriberApp app = new SubscriberApp(topics + "]")) {
      int before = Thread.activeCount();
      Sidecar a = open(spec("many", app), app);

      publish(a, "t999", "x");

      app.await(1);
      assertThat(listed(a)).hasSize(1_000);
      assertThat(Thread.activeCount() - before).isLessThan(10);
    }
  }

  @Test
  void deadLettersKeepTheMessageAsItIs() throws Exception {
    try (SubscriberApp app =
        new SubscriberApp(
            "[{'pubsubname':'ps','topic':'t','route':'/t','deadLetterTopic':'dead'},"
                + "{'pubsubname':'ps','topic':'dead','route':'/dead'}]",
            (request, got) ->
                request.response().setStatusCode(got.path().equals("/t") ? 500 : 200).end())) {
      Sidecar a = open(spec("dead", app), app);

      publish(a, "t", "x");

      List<SubscriberApp.Got> got = app.await(2);
      assertThat(got.stream().map(SubscriberApp.Got::path)).containsExactly("/t", "/dead");
      assertThat(got.get(1).body()).isEqualTo(got.get(0).body());
    }
  }
}
