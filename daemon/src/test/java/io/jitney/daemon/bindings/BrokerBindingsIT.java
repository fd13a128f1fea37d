package io.jitney.daemon.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.testing.KafkaServer;
import io.jitney.components.testing.ProcessServer;
import io.jitney.components.testing.RabbitServer;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.CallKind;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.admission.TenantAdmission;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Bindings of brokers in both directions, through the API and to the app. Two tenants of one daemon
 * have a binding of one name on one broker, each with a place of its own.
 */
class BrokerBindingsIT {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private static final String SAMPLED =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Configuration
      metadata:
        name: c
      spec:
        tracing:
          samplingRate: "1"
      """;

  /** What all brokers are asked. */
  abstract static class Cases {
    private final List<RecordingServer> apps = new ArrayList<>();

    @AfterEach
    void closeApps() {
      apps.forEach(RecordingServer::close);
    }

    /** Whether the broker keeps metadata with a message. */
    boolean carriesMetadata() {
      return true;
    }

    /** Type and metadata of a binding at that place of the broker. */
    abstract List<String> bus(String place);

    /**
     * With a binding {@code bus}.
     *
     * @param direction "": whatever the app says
     */
    SidecarSpec bus(SidecarSpec spec, String place, String direction) {
      List<String> all = new ArrayList<>(bus(place));
      String type = all.removeFirst();
      if (!direction.isEmpty()) {
        all.addAll(List.of("direction", direction));
      }
      return spec.component("bus", type, all.toArray(String[]::new));
    }

    /** A binding {@code bus} that can not be opened. */
    abstract SidecarSpec broken(SidecarSpec spec);

    RecordingServer app(String name) {
      RecordingServer app = new RecordingServer(name);
      apps.add(app);
      return app;
    }

    Sidecar open(String appId, RecordingServer app, String place, String direction) {
      Sidecar sidecar =
          DAEMON.open(bus(SidecarSpec.app(appId), place, direction).app(app.port(), "http"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> sidecar.http().get("/v1.0/healthz").status() == 204);
      return sidecar;
    }

    static HttpApiClient.Answer create(Sidecar sidecar, String json, String metadata) {
      return sidecar
          .http()
          .post(
              "/v1.0/bindings/bus",
              "{\"operation\":\"create\",\"data\":" + json + ",\"metadata\":" + metadata + "}");
    }

    static void await(RecordingServer app, String request) {
      Awaitility.await()
          .alias(request)
          .atMost(Duration.ofSeconds(30))
          .until(() -> app.requests().contains(request));
    }

    /** Sends until the app gets something: an MQTT broker keeps nothing before it was asked. */
    static void begin(Sidecar sidecar, RecordingServer app) {
      Awaitility.await()
          .alias("reads")
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                assertThat(create(sidecar, "\"begin\"", "{}").status()).isEqualTo(204);
                return app.requests().contains("POST /bus \"begin\"");
              });
    }

    @Test
    void eachTenantHearsItsOwn() {
      RecordingServer appA = app("a");
      RecordingServer appB = app("b");
      Sidecar a = open("a", appA, "ofA", "");
      Sidecar b = open("b", appB, "ofB", "input, output");
      begin(a, appA);
      begin(b, appB);

      assertThat(create(a, "{\"n\":1}", "{}").status()).isEqualTo(204);
      assertThat(create(b, "{\"n\":2}", "{}").status()).isEqualTo(204);

      await(appA, "POST /bus {\"n\":1}");
      await(appB, "POST /bus {\"n\":2}");
      assertThat(appA.requests()).contains("OPTIONS /bus").doesNotContain("POST /bus {\"n\":2}");
      assertThat(appB.requests())
          .as("a direction that is said is not asked for")
          .doesNotContain("OPTIONS /bus")
          .doesNotContain("POST /bus {\"n\":1}");
    }

    @Test
    void whatTheAppRefusesIsNotGone() {
      RecordingServer refusing = app("a");
      Sidecar first =
          DAEMON.open(
              bus(SidecarSpec.app("keeps"), "kept", "input,output").app(refusing.port(), "http"));
      begin(first, refusing);
      refusing.status(503);
      assertThat(create(first, "\"kept\"", "{}").status()).isEqualTo(204);
      await(refusing, "POST /bus \"kept\"");
      first.close();

      RecordingServer taking = app("a");
      Sidecar again =
          DAEMON.open(
              bus(SidecarSpec.app("keeps"), "kept", "input,output").app(taking.port(), "http"));
      await(taking, "POST /bus \"kept\"");
      again.close();
    }

    @Test
    void aBindingThatCannotBeOpenedEndsItsInstanceOnly() {
      RecordingServer app = app("a");
      Sidecar well = open("well", app, "well", "");
      begin(well, app);
      assertThatThrownBy(() -> DAEMON.open(broken(SidecarSpec.app("broken"))))
          .hasMessageContaining("bus (bindings.")
          .hasMessageNotContaining("geheim");
      assertThat(create(well, "\"still\"", "{}").status()).isEqualTo(204);
      await(app, "POST /bus \"still\"");
    }

    @Test
    void theTraceGoesWithTheMessage() {
      Assumptions.assumeTrue(carriesMetadata());
      RecordingServer app = app("a");
      SidecarSpec spec = bus(SidecarSpec.app("traced"), "traced", "input,output");
      Sidecar a = DAEMON.open(spec.configuration(SAMPLED).app(app.port(), "http"));
      String sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      HttpApiClient.Answer answer =
          a.http()
              .post(
                  "/v1.0/bindings/bus",
                  "{\"operation\":\"create\",\"data\":\"traced\"}",
                  "traceparent",
                  sent);
      assertThat(answer.status()).isEqualTo(204);
      await(app, "POST /bus \"traced\"");

      String span = answer.header("traceparent").orElseThrow();
      assertThat(app.traces())
          .as("one trace, a span for each end")
          .hasSize(1)
          .allMatch(trace -> trace.startsWith(sent.substring(0, 36)))
          .doesNotContain(sent, span);
      assertThat(span).startsWith(sent.substring(0, 36)).isNotEqualTo(sent);
    }

    @Test
    void whatFindsNoPlaceOfTheQuotaWaits() {
      RecordingServer app = app("a");
      Sidecar full = open("full", app, "full", "");
      begin(full, app);
      TenantAdmission admission = admission("full");
      admission.quota(new Quota(0, 0, 0, 0, 0, 1, 0, 0));
      Awaitility.await().until(() -> admission.counts().deliveries() == 0);
      Admission only = admission.admit(CallKind.DELIVERY, 0);
      assertThat(only).isInstanceOf(Admission.Admitted.class);

      assertThat(create(full, "\"first\"", "{}").status()).isEqualTo(204);
      assertThat(create(full, "\"second\"", "{}").status()).isEqualTo(204);
      Awaitility.await().until(() -> admission.counts().refused(Reason.DELIVERIES) > 0);
      assertThat(app.requests()).doesNotContain("POST /bus \"first\"");
      ((Admission.Admitted) only).release();

      await(app, "POST /bus \"first\"");
      await(app, "POST /bus \"second\"");
    }

    private static TenantAdmission admission(String appId) {
      return ((InProcessDaemon) DAEMON.daemon())
          .daemon()
          .registry()
          .tenant(new TenantId("default", appId))
          .orElseThrow()
          .admission();
    }

    @Test
    void operationsAreTold() {
      Sidecar a = open("ops", app("a"), "ops", "output");
      HttpApiClient.Answer answer =
          a.http().post("/v1.0/bindings/bus", "{\"operation\":\"get\",\"data\":1}");
      assertThat(answer.status()).isEqualTo(500);
      assertThat(new JsonObject(answer.text()).getString("message"))
          .isEqualTo(
              "error invoking output binding bus: binding bus does not support operation get."
                  + " supported operations:create");
    }
  }

  @Nested
  class RabbitMq extends Cases {
    @RegisterExtension static final RabbitServer RABBIT = new RabbitServer();

    @Override
    List<String> bus(String place) {
      return List.of(
          "bindings.rabbitmq", "host", RABBIT.uri(), "queueName", place, "durable", "true");
    }

    @Override
    SidecarSpec broken(SidecarSpec spec) {
      return spec.component(
          "bus",
          "bindings.rabbitmq",
          "host",
          RABBIT.uri().replace("guest:guest", "guest:geheim"),
          "queueName",
          "q");
    }
  }

  @Nested
  class Kafka extends Cases {
    @RegisterExtension static final KafkaServer KAFKA = new KafkaServer(1);

    @Override
    List<String> bus(String place) {
      return List.of(
          "bindings.kafka",
          "brokers",
          KAFKA.address(),
          "authType",
          "none",
          "initialOffset",
          "oldest",
          "consumerGroup",
          place,
          "topics",
          place,
          "publishTopic",
          place);
    }

    @Override
    SidecarSpec broken(SidecarSpec spec) {
      return spec.component(
          "bus",
          "bindings.kafka",
          "brokers",
          KAFKA.loginAddress(),
          "authType",
          "password",
          "disableTls",
          "true",
          "saslUsername",
          "app",
          "saslPassword",
          "sehr geheim");
    }
  }

  @Nested
  class Mqtt extends Cases {
    @RegisterExtension static final ProcessServer MOSQUITTO = ProcessServer.mosquitto();

    @Override
    boolean carriesMetadata() {
      return false;
    }

    @Override
    List<String> bus(String place) {
      return List.of(
          "bindings.mqtt3",
          "url",
          "mqtt://" + MOSQUITTO.address(),
          "topic",
          place,
          "consumerID",
          place);
    }

    @Override
    SidecarSpec broken(SidecarSpec spec) {
      return spec.component(
          "bus",
          "bindings.mqtt3",
          "url",
          "ws://u:geheim@127.0.0.1:1",
          "topic",
          "t",
          "consumerID",
          "c");
    }
  }
}
