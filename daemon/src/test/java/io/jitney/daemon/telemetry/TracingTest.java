package io.jitney.daemon.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingTest {
  private static final String SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void withoutRateAndExporterNoIdsAreMade() {
    Tracing tracing = Tracing.of("", false);
    assertThat(tracing.start(null, null)).isEqualTo(Trace.NONE);
    assertThat(tracing.start("garbage", "a=1")).isEqualTo(Trace.NONE);
    assertThat(tracing.start(SENT, "a=1,b=2")).isEqualTo(new Trace(SENT, "a=1,b=2"));
  }

  @Test
  void rateZeroTurnsTracingOff() {
    assertThat(Tracing.of("0", false).start(SENT, null)).isNull();
    assertThat(Tracing.of("0.0", true).start(null, null)).isNull();
  }

  @Test
  void aRateMakesANewSpanInTheSentTraceAndKeepsItsDecision() {
    Trace trace = Tracing.of("1", false).start(SENT.replace("-01", "-00"), "not a list");
    assertThat(trace.traceparent())
        .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
        .endsWith("-00")
        .doesNotContain("b7ad6b7169203331");
    assertThat(trace.tracestate()).isEmpty();
  }

  @Test
  void aTracestateLosesItsEmptyMembersAndAWrongOneIsNone() {
    Tracing tracing = Tracing.of("1", false);
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    assertThat(Objects.requireNonNull(tracing.start(parent, "a=1,, b=2")).tracestate())
        .isEqualTo("a=1,b=2");
    assertThat(Objects.requireNonNull(tracing.start(parent, "a=1,b")).tracestate()).isEmpty();
    assertThat(Objects.requireNonNull(tracing.start(parent, "a=" + "x".repeat(257))).tracestate())
        .isEmpty();
  }

  @Test
  void newTracesAreSampledByTheRate() {
    assertThat(Tracing.of("1", false).start(null, null).traceparent()).endsWith("-01").hasSize(55);
    assertThat(Tracing.of("1", false).start(null, null).traceparent())
        .isNotEqualTo(Tracing.of("1", false).start(null, null).traceparent());
    assertThat(Tracing.of("nonsense", false).ratio()).isEqualTo(0.0001);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x"
      })
  void invalidContextsStartANewTrace(String header) {
    assertThat(Tracing.valid(header)).isFalse();
  }

  @Test
  void laterVersionsMayBeLonger() {
    assertThat(Tracing.valid(SENT)).isTrue();
    assertThat(Tracing.valid("01" + SENT.substring(2) + "-more")).isTrue();
  }

  @Test
  void theBinaryFormIsTheSameContext() {
    String header = BinaryTrace.encode(SENT);
    assertThat(BinaryTrace.decode(header)).isEqualTo(SENT);
    assertThat(BinaryTrace.decode("AAAA")).isNull();
    assertThat(BinaryTrace.decode("not base64!")).isNull();
  }

  @Test
  void baggageIsCheckedMemberByMember() {
    assertThat(Baggage.problem("a=1,b=2;p=3, c = 4 ")).isNull();
    assertThat(Baggage.problem("")).isNull();
    assertThat(Baggage.problem("nothing")).isNotNull();
    assertThat(Baggage.problem("a b=1")).isNotNull();
    assertThat(Baggage.problem("a=1,,b=2")).isNotNull();
    assertThat(Baggage.problem("k=" + "v".repeat(9000))).isNotNull();
  }
}
