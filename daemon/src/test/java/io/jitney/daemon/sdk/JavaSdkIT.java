package io.jitney.daemon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import io.dapr.client.domain.HttpExtension;
import io.dapr.client.domain.State;
import io.dapr.client.domain.StateOptions;
import io.dapr.client.domain.TransactionalStateOperation;
import io.dapr.config.Properties;
import io.dapr.exceptions.DaprException;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Dapr Java SDK (1.17.1) with two apps on one daemon. */
class JavaSdkIT {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private static final Vertx VERTX = Vertx.vertx();
  private static DaprClient orders;
  private static DaprClient billing;

  @BeforeAll
  static void open() throws Exception {
    HttpServer app =
        VERTX
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body ->
                                request
                                    .response()
                                    .putHeader("content-type", "application/json")
                                    .end(
                                        "\""
                                            + request.method()
                                            + " "
                                            + request.uri()
                                            + " "
                                            + body.length()
                                            + "\"")))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    Sidecar a =
        DAEMON.open(
            SidecarSpec.app("orders")
                .component("store", "state.in-memory")
                .component("bus", "pubsub.in-memory", "publishingScopes", "orders=t")
                .component("env", "secretstores.local.env")
                .env("ORDERS_SECRET", "of-orders"));
    Sidecar b =
        DAEMON.open(
            SidecarSpec.app("billing")
                .component("store", "state.in-memory")
                .component("env", "secretstores.local.env")
                .app(app.actualPort(), "http"));
    orders = client(a);
    billing = client(b);
    orders.waitForSidecar(10_000).block();
    billing.waitForSidecar(10_000).block();
  }

  private static DaprClient client(Sidecar sidecar) {
    return new DaprClientBuilder()
        .withPropertyOverride(Properties.HTTP_PORT, Integer.toString(sidecar.httpPort()))
        .withPropertyOverride(Properties.GRPC_PORT, Integer.toString(sidecar.grpcPort()))
        .build();
  }

  @AfterAll
  static void close() throws Exception {
    orders.close();
    billing.close();
    VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void theSameKeyOfTwoAppsHoldsTwoValues() {
    orders.saveState("store", "key", "mine").block();
    billing.saveState("store", "key", "yours").block();
    assertThat(orders.getState("store", "key", String.class).block().getValue()).isEqualTo("mine");
    assertThat(billing.getState("store", "key", String.class).block().getValue())
        .isEqualTo("yours");
    orders.deleteState("store", "key").block();
    assertThat(orders.getState("store", "key", String.class).block().getValue()).isNull();
    assertThat(billing.getState("store", "key", String.class).block().getValue())
        .isEqualTo("yours");
  }

  @Test
  void aStaleEtagIsAborted() {
    orders.saveState("store", "etag", "one").block();
    State<String> first = orders.getState("store", "etag", String.class).block();
    orders.saveState("store", "etag", "two").block();
    StateOptions firstWrite =
        new StateOptions(StateOptions.Consistency.STRONG, StateOptions.Concurrency.FIRST_WRITE);
    assertThatThrownBy(
            () -> orders.saveState("store", "etag", first.getEtag(), "three", firstWrite).block())
        .isInstanceOfSatisfying(
            DaprException.class,
            failure -> assertThat(failure.getErrorCode()).isEqualTo("ABORTED"));
    assertThat(orders.getState("store", "etag", String.class).block().getValue()).isEqualTo("two");
  }

  @Test
  void transactionsAndBulkReads() {
    orders
        .executeStateTransaction(
            "store",
            List.of(
                new TransactionalStateOperation<>(
                    TransactionalStateOperation.OperationType.UPSERT, new State<>("t1", "a", "")),
                new TransactionalStateOperation<>(
                    TransactionalStateOperation.OperationType.UPSERT, new State<>("t2", "b", ""))))
        .block();
    List<State<String>> read =
        orders.getBulkState("store", List.of("t1", "t2", "none"), String.class).block();
    assertThat(read).extracting(State::getKey).containsExactlyInAnyOrder("t1", "t2", "none");
    assertThat(billing.getState("store", "t1", String.class).block().getValue()).isNull();
  }

  @Test
  void anUnknownStoreHasDaprsErrorDetails() {
    assertThatThrownBy(() -> orders.getState("nope", "k", String.class).block())
        .isInstanceOfSatisfying(
            DaprException.class,
            failure -> {
              assertThat(failure.getErrorCode()).isEqualTo("INVALID_ARGUMENT");
              assertThat(failure.getMessage()).contains("state store nope is not found");
            });
  }

  @Test
  @SuppressWarnings("deprecation") // the way most apps on this SDK still invoke
  void oneAppInvokesTheOther() {
    assertThat(
            orders
                .invokeMethod("billing", "charge/7", "four", HttpExtension.POST, String.class)
                .block())
        .isEqualTo("POST /charge/7 6");
  }

  @Test
  void secretsAreThoseOfTheCallersOwnEnvironment() {
    assertThat(orders.getSecret("env", "ORDERS_SECRET").block())
        .isEqualTo(Map.of("ORDERS_SECRET", "of-orders"));
    assertThat(billing.getSecret("env", "ORDERS_SECRET").block())
        .isEqualTo(Map.of("ORDERS_SECRET", ""));
  }

  @Test
  void metadataNamesTheAppItself() {
    assertThat(orders.getMetadata().block().getId()).isEqualTo("orders");
    assertThat(billing.getMetadata().block().getId()).isEqualTo("billing");
  }

  @Test
  void eventsAreTakenAndRefusalsAreKnownByTheirCode() {
    orders.publishEvent("bus", "t", Map.of("n", 1)).block();
    orders.publishEvent("bus", "t", "raw", Map.of("rawPayload", "true")).block();

    assertThatThrownBy(() -> orders.publishEvent("bus", "other", "x").block())
        .isInstanceOfSatisfying(
            DaprException.class,
            denied -> assertThat(denied.getErrorCode()).isEqualTo("PERMISSION_DENIED"));
    assertThatThrownBy(() -> billing.publishEvent("bus", "t", "x").block())
        .hasMessageContaining("pubsub bus is not found");
  }
}
