package io.jitney.loadtest.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.dapr.v1.DaprPubsubProtos.PublishEventRequest;
import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.jitney.loadtest.scenario.Call;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventLaneTest {
  private static final Call EVENT = new Call(Call.Kind.EVENT, 1, 1, 100, "/", "");
  private static final Call GET = new Call(Call.Kind.GET, 1, 1, 1, "/", "");

  private final Arrivals arrivals = new Arrivals();
  private final FakeLane publishing = new FakeLane();
  private final EventLane lane = new EventLane(publishing, arrivals);
  private final List<Outcome> outcomes = new ArrayList<>();

  @Test
  void anEventIsDoneWhenItIsAcknowledgedAndThere() {
    send(EVENT);
    publishing.answer(Outcome.OK);
    assertThat(outcomes).isEmpty();

    arrivals.arrived(publishing.number);
    arrivals.arrived(publishing.number);

    assertThat(outcomes).containsExactly(Outcome.OK);
  }

  @Test
  void anEventMayArriveBeforeItsAcknowledgement() {
    send(EVENT);
    arrivals.arrived(publishing.number);
    assertThat(outcomes).isEmpty();

    publishing.answer(Outcome.OK);

    assertThat(outcomes).containsExactly(Outcome.OK);
  }

  @Test
  void whatIsRefusedIsNotWaitedFor() {
    send(EVENT);

    publishing.answer(Outcome.REFUSED);
    arrivals.arrived(publishing.number);

    assertThat(outcomes).containsExactly(Outcome.REFUSED);
  }

  @Test
  void anEventThatIsGivenUpIsForgottenAndOthersAreNot() {
    send(EVENT);
    publishing.answer(Outcome.OK);
    long first = publishing.number;
    lane.abandon();
    send(EVENT);
    publishing.answer(Outcome.OK);

    arrivals.arrived(first);
    assertThat(outcomes).isEmpty();
    arrivals.arrived(publishing.number);

    assertThat(outcomes).containsExactly(Outcome.OK);
    assertThat(publishing.abandoned).isFalse();
  }

  @Test
  void otherCallsAreDoneWithTheirAnswer() {
    send(GET);

    publishing.answer(Outcome.FAILED);

    assertThat(outcomes).containsExactly(Outcome.FAILED);
    assertThat(publishing.number).isZero();
  }

  @Test
  void theNumberTravelsInTheDataOverBothProtocols() throws Exception {
    Sidecar sidecar = new Sidecar("shop", 3500, 0);
    ByteBuf http = new HttpRequests(sidecar, "store", List.of(EVENT)).next(0, 1234567890123L);
    byte[] grpc = new GrpcCalls("shop", "store", List.of(EVENT)).next(0, 42).getBytes();

    String text = http.toString(StandardCharsets.US_ASCII);
    assertThat(text)
        .startsWith("POST /v1.0/publish/pubsub/events-shop HTTP/1.1\r\n")
        .contains("Content-Length: 100\r\n");
    assertThat(text.substring(text.indexOf("\r\n\r\n") + 4)).hasSize(100);
    assertThat(EventNumber.read(http)).isEqualTo(1234567890123L);
    PublishEventRequest event = PublishEventRequest.parseFrom(grpc);
    assertThat(event.getTopic()).isEqualTo("events-shop");
    assertThat(event.getData().size()).isEqualTo(100);
    assertThat(EventNumber.read(Unpooled.wrappedBuffer(event.getData().toByteArray())))
        .isEqualTo(42);
  }

  @Test
  void whatHasNoNumberHasNone() {
    for (String text : List.of("", "@", "@@", "a@b.example", "@@12345", "@@12345678901234567xx")) {
      ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
      assertThat(EventNumber.read(bytes)).as(text).isEqualTo(-1);
    }
    ByteBuf later =
        Unpooled.copiedBuffer("a@b " + EventNumber.text(7) + "\"}", StandardCharsets.US_ASCII);
    assertThat(EventNumber.read(later)).isEqualTo(7);
  }

  private void send(Call call) {
    lane.send(new Exchange(call, 0, 0, 0), outcomes::add);
  }

  private static final class FakeLane implements Lane {
    private long number;
    private boolean abandoned;
    private @Nullable Consumer<Outcome> done;

    @Override
    public void send(Exchange exchange, Consumer<Outcome> whenDone) {
      number = exchange.number();
      done = whenDone;
    }

    void answer(Outcome outcome) {
      Consumer<Outcome> waiting = done;
      done = null;
      if (waiting != null) {
        waiting.accept(outcome);
      }
    }

    @Override
    public void abandon() {
      abandoned = true;
    }

    @Override
    public void close() {
      abandon();
    }
  }
}
