package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse.TopicEventResponseStatus;
import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub.EntryOutcome;
import io.jitney.daemon.admission.DeliveryGate;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.subscription.EventTarget.Verdict;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.admission.Admission.Admitted;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.TenantAdmission;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryPartsTest {
  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void close() {
    VERTX.close().toCompletionStage().toCompletableFuture().join();
  }

  private static Function<TopicEventRequest, Future<Void>> taken(List<TopicEventRequest> sent) {
    return event -> {
      sent.add(event);
      return Future.succeededFuture();
    };
  }

  private static Event event(String id) throws NotAnEvent {
    return EventReader.read(
        new Message(Buffer.buffer("{\"id\":\"" + id + "\"}"), "t", Map.of()),
        "ps",
        "t",
        false,
        true);
  }

  @ParameterizedTest
  @CsvSource({
    "noslash,/noslash",
    "/a/../b,/b",
    "/a//b/,/a/b",
    "/q?x=1&y=2,/q?x=1&y=2",
    "/sp ace/é,/sp%20ace/%C3%A9",
    "/,/",
    "/%2F/x,/%2F/x",
    "/a#frag,/a",
    "'',/"
  })
  void paths(String route, String uri) {
    assertThat(EventPath.uri(route)).isEqualTo(uri);
  }

  @Test
  void aPathThatBreaksTheRequestIsRefused() {
    assertThatThrownBy(() -> EventPath.uri("/a\r\nx: y")).isInstanceOf(DeliveryException.class);
    assertThatThrownBy(() -> EventPath.uri("/%zz")).isInstanceOf(DeliveryException.class);
  }

  @Test
  void headersOfAnHttpApp() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    Map<String, String> metadata =
        Map.of(
            "Key",
            "V",
            "content-type",
            "x",
            "Connection",
            "close",
            "x-bin",
            "1",
            "grpc-x",
            "2",
            "dapr-app-id",
            "q",
            "dapr-caller-app-id",
            "me",
            "u",
            "é",
            "dapr-api-token",
            "tok",
            "traceparent",
            "old");

    EventHeaders.toHttp(metadata, Trace.NONE, "", to);

    assertThat(to.names())
        .containsExactlyInAnyOrder(
            "key", "dapr-grpc-x", "dapr-app-id", "u", "dapr-api-token", "traceparent");
    assertThat(to.get("u")).isEqualTo("\u00c3\u00a9");
    assertThat(to.get("traceparent")).isEqualTo(Trace.NONE.traceparent());
  }

  @Test
  void theAppsTokenIsTheInstances() {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();

    EventHeaders.toGrpc(Map.of("dapr-api-token", "theirs"), null, "ours", to);

    assertThat(to.getAll("dapr-api-token")).containsExactly("ours");
  }

  @Test
  void nothingEntersWhatIsClosed() {
    InFlight inFlight = new InFlight();
    assertThat(inFlight.enter()).isTrue();

    Future<Boolean> idle = inFlight.close();

    assertThat(inFlight.enter()).isFalse();
    assertThat(idle.isComplete()).isFalse();
    inFlight.leave();
    assertThat(idle.result()).isTrue();
  }

  @Test
  void whatWasIdleIsClosedAtOnce() {
    assertThat(new InFlight().close().result()).isFalse();
  }

  @Test
  void eventsOfOneIdEachHaveAnAnswer() throws Exception {
    List<TopicEventRequest> sent = new ArrayList<>();
    StreamTarget stream = new StreamTarget(Account.named("t"), "ps", taken(sent));
    Future<Verdict> first = stream.deliver(event(""), "/", null, new Attempt());
    Future<Verdict> second = stream.deliver(event(""), "/", null, new Attempt());

    assertThat(stream.answered("", TopicEventResponseStatus.SUCCESS)).isTrue();
    assertThat(first.result()).isEqualTo(Verdict.SUCCESS);
    assertThat(second.isComplete()).isFalse();
    assertThat(stream.answered("", TopicEventResponseStatus.DROP)).isTrue();
    assertThat(second.result()).isEqualTo(Verdict.DROP);
    assertThat(stream.answered("", TopicEventResponseStatus.SUCCESS)).isFalse();
    assertThat(sent).hasSize(2);
  }

  @Test
  void whatIsAnsweredBeforeItWasTakenWaitsForThat() throws Exception {
    Promise<Void> taken = Promise.promise();
    StreamTarget stream = new StreamTarget(Account.named("t"), "ps", sent -> taken.future());
    Future<Verdict> verdict = stream.deliver(event("1"), "/", null, new Attempt());

    assertThat(stream.answered("1", TopicEventResponseStatus.SUCCESS)).isTrue();
    assertThat(verdict.isComplete()).isFalse();
    taken.complete();
    assertThat(verdict.result()).isEqualTo(Verdict.SUCCESS);
  }

  @Test
  void anotherAttemptTakesThePlaceOfTheFirst() throws Exception {
    StreamTarget stream =
        new StreamTarget(Account.named("t"), "ps", sent -> Future.succeededFuture());
    Event event = event("1");
    stream.deliver(event, "/", null, new Attempt());
    Future<Verdict> again = stream.deliver(event, "/", null, new Attempt());

    stream.answered("1", TopicEventResponseStatus.SUCCESS);

    assertThat(again.result()).isEqualTo(Verdict.SUCCESS);
  }

  @Test
  void aForgottenEventHasNoAnswer() throws Exception {
    StreamTarget stream =
        new StreamTarget(Account.named("t"), "ps", sent -> Future.succeededFuture());
    Event event = event("1");
    stream.deliver(event, "/", null, new Attempt());

    stream.forget(event);

    assertThat(stream.answered("1", TopicEventResponseStatus.SUCCESS)).isFalse();
  }

  @Test
  void anEndedStreamAnswersNothing() throws Exception {
    StreamTarget stream =
        new StreamTarget(Account.named("t"), "ps", sent -> Future.succeededFuture());
    Future<Verdict> waiting = stream.deliver(event("1"), "/", null, new Attempt());

    stream.end();

    assertThat(waiting.failed()).isTrue();
    assertThat(stream.deliver(event("2"), "/", null, new Attempt()).failed()).isTrue();
  }

  @Test
  void batchesAreFullOrLate() throws Exception {
    List<List<Message>> batches = new ArrayList<>();
    Promise<Void> late = Promise.promise();
    Batcher batcher =
        new Batcher(
            VERTX,
            messages -> {
              synchronized (batches) {
                batches.add(messages);
                if (batches.size() == 2) {
                  late.complete();
                }
              }
              return Future.succeededFuture(
                  messages.stream()
                      .<EntryOutcome>map(
                          one ->
                              one.topic().equals("bad")
                                  ? new EntryOutcome.Failed("no")
                                  : new EntryOutcome.Done())
                      .toList());
            },
            2,
            30);
    Future<Void> first = batcher.handle(new Message(Buffer.buffer("1"), "t", Map.of()));
    Future<Void> second = batcher.handle(new Message(Buffer.buffer("2"), "bad", Map.of()));
    assertThat(first.succeeded()).isTrue();
    assertThat(second.cause()).hasMessage("no");

    Future<Void> third = batcher.handle(new Message(Buffer.buffer("3"), "t", Map.of()));

    assertThat(third.isComplete()).isFalse();
    late.future().toCompletionStage().toCompletableFuture().join();
    assertThat(batches.stream().map(List::size)).containsExactly(2, 1);
  }

  @Test
  void aPlaceThatNobodyWantsAnyMoreIsNotWaitedFor() {
    TenantAdmission admission = new TenantAdmission(new Quota(0, 0, 0, 0, 0, 1, 0, 0));
    DeliveryGate gate = new DeliveryGate(VERTX, admission, () -> Account.named("t"));
    Admitted first = gate.enter(10).result();
    Future<Admitted> second = gate.enter(10);
    Future<Admitted> third = gate.enter(10);

    gate.forget(second);

    assertThat(second.failed()).isTrue();
    gate.leave(first);
    assertThat(third.succeeded()).isTrue();
    gate.forget(third);
    assertThat(third.succeeded()).as("its turn had come").isTrue();
    gate.leave(third.result());
    assertThat(admission.counts().deliveries()).isZero();
  }

  @Test
  void whatRunsForAnAttemptIsTakenBackOnce() {
    List<String> takenBack = new ArrayList<>();
    Attempt attempt = new Attempt();
    attempt.runs(() -> takenBack.add("waits"));
    attempt.runs(() -> takenBack.add("calls"));
    assertThat(attempt.isGivenUp()).isFalse();

    attempt.giveUp();
    attempt.giveUp();
    assertThat(takenBack).containsExactly("calls");
    assertThat(attempt.isGivenUp()).isTrue();
    attempt.runs(() -> takenBack.add("too late"));
    assertThat(takenBack).containsExactly("calls", "too late");
  }

  @Test
  void deliveriesWaitForTheTenantsPlaces() {
    TenantAdmission admission = new TenantAdmission(new Quota(0, 0, 0, 0, 0, 1, 0, 0));
    DeliveryGate gate = new DeliveryGate(VERTX, admission, () -> Account.named("t"));
    Admitted first = gate.enter(10).result();

    Future<Admitted> second = gate.enter(10);

    assertThat(second.isComplete()).isFalse();
    gate.leave(first);
    assertThat(second.succeeded()).isTrue();
    gate.leave(second.result());
    assertThat(admission.counts().deliveries()).isZero();
  }
}
