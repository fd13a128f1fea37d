package io.jitney.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScenarioReaderTest {
  private static final String FLOOD =
      """
      name: flood
      kind: aggressor
      title: A flood
      against: [on, off, peer]
      victims:
        tenants: 3
        rate: 300
        transport: both
        arrivals: poisson
        calls:
          - {call: get, share: 70, bytes: 2KiB}
          - {call: invoke, share: 30, path: /x}
      attack:
        kind: slow-reader
        connections: 100
        bytesPerSecond: 1KiB
        storeDelay: 50ms
        calls:
          - {call: transaction, keys: 1000}
      warmup: 2s
      alone: 1m
      during: 500ms
      after: 3s
      quickAlone: 4s
      rounds: 3
      quickRounds: 1
      targets: {p99Ratio: 1.2, goodput: 0.95}
      """;

  @Test
  void readsWhatIsThereAndFillsInTheRest() {
    Scenario.Aggressor flood = (Scenario.Aggressor) parsed(FLOOD, false);

    assertThat(flood.header().against()).containsExactly(Side.ON, Side.OFF, Side.PEER);
    assertThat(flood.header().rounds()).isEqualTo(3);
    assertThat(flood.header().targets().p99Ratio()).isEqualTo(1.2);
    assertThat(flood.header().targets().jain()).isZero();
    assertThat(flood.victims().connections()).isEqualTo(4);
    assertThat(flood.victims().store()).isEqualTo(Load.Store.REDIS);
    assertThat(flood.victims().calls())
        .containsExactly(
            new Call(Call.Kind.GET, 70, 50, 2048, "/echo", ""),
            new Call(Call.Kind.INVOKE, 30, 50, 1024, "/x", ""));
    assertThat(flood.attack().kind()).isEqualTo(Attack.Kind.SLOW_READER);
    assertThat(flood.attack().bytesPerSecond()).isEqualTo(1024);
    assertThat(flood.attack().storeDelayMillis()).isEqualTo(50);
    assertThat(flood.phases()).isEqualTo(new Phases(2, 60, 0.5, 3));
  }

  @Test
  void quickTakesTheShorterTimes() {
    Scenario.Aggressor flood = (Scenario.Aggressor) parsed(FLOOD, true);

    assertThat(flood.phases()).isEqualTo(new Phases(2, 4, 0.5, 3));
    assertThat(flood.header().rounds()).isEqualTo(1);
  }

  @Test
  void tellsAllThatIsWrongAtOnce() {
    List<Problem> problems =
        rejected(
            """
            name: Bad Name
            kind: aggressor
            title: x
            against: [on, sideways]
            victims:
              tenants: 0
              rate: many
              speed: 5
              calls:
                - {call: fetch}
                - {bytes: 12 parsecs}
            warmup: 2
            alone: 1h
            during: 5s
            after: 5s
            """);

    assertThat(problems.stream().map(Problem::toString))
        .containsExactlyInAnyOrder(
            "bad.yaml:1: name: must be lower case letters, digits and dashes",
            "bad.yaml:4: against: must be one of on, off, private, peer, is \"sideways\"",
            "bad.yaml:6: victims.tenants: must be a whole number from 1 to 2000, is \"0\"",
            "bad.yaml:7: victims.rate: must be a number from 0 to 1000000, is \"many\"",
            "bad.yaml:8: victims.speed: is not known here",
            "bad.yaml:10: victims.calls[0].call: must be one of get, set, bulk, transaction,"
                + " invoke, publish, event, path, is \"fetch\"",
            "bad.yaml:11: victims.calls[1].bytes: must be a size such as 200B, 4KiB or 1.5MiB, at"
                + " most 67108864 bytes, is \"12 parsecs\"",
            "bad.yaml:1: attack: is missing",
            "bad.yaml:12: warmup: must be a time such as 200ms, 5s or 1m, at most 600 s, is \"2\"",
            "bad.yaml:13: alone: must be a time such as 200ms, 5s or 1m, at most 600 s, is"
                + " \"1h\"");
  }

  @Test
  void tellsWhatIsNoScenarioAtAll() {
    assertThat(rejected("")).singleElement().extracting(Problem::what).isEqualTo("is empty");
    assertThat(rejected("a: ["))
        .singleElement()
        .asString()
        .startsWith("bad.yaml:")
        .contains("YAML");
    assertThat(rejected("- 1\n"))
        .extracting(Problem::toString)
        .contains("bad.yaml:1: must have fields");
    assertThat(rejected("name: a\nname: b\nkind: cost\n"))
        .extracting(Problem::toString)
        .contains("bad.yaml:2: name: is there twice");
  }

  @Test
  void fairnessOverloadAndScaleHaveTheirOwnFields() {
    String load = "load: {calls: [{call: get}]}\nwarmup: 1s\n";

    Scenario fairness =
        parsed(
            "name: a\nkind: fairness\ntitle: a\nmeasure: 4s\ntenants: [{weight: 2, connections: 8},"
                + " {connections: 4}]\n"
                + load,
            false);
    Scenario overload =
        parsed(
            "name: a\nkind: overload\ntitle: a\nmultiples: [0.5, 10]\npeak: 1s\nstep: 2s\nrecovery:"
                + " 3s\n"
                + load,
            false);
    Scenario scale =
        parsed("name: a\nkind: scale\ntitle: a\ncounts: [1, 500]\nmeasure: 4s\n" + load, false);

    assertThat(((Scenario.Fairness) fairness).tenants())
        .containsExactly(new Scenario.Claim(2, 8), new Scenario.Claim(1, 4));
    assertThat(((Scenario.Overload) overload).multiples()).containsExactly(0.5, 10.0);
    assertThat(((Scenario.Scale) scale).counts()).containsExactly(1, 500);
  }

  @Test
  void eventsHaveABrokerAndSomebodyWhoTakesThem() {
    String head =
        "name: a\nkind: durability\ntitle: a\ncount: 1000\nquickCount: 10\nkillEvery: 3s\n";
    String load =
        "load: {events: {broker: kafka, subscriber: ok, apart: yes}, calls: [{call: publish}]}\n";

    Scenario.Durability durability = (Scenario.Durability) parsed(head + load, true);

    assertThat(durability.count()).isEqualTo(10);
    assertThat(durability.killEvery()).isEqualTo(3);
    assertThat(durability.load().events())
        .isEqualTo(new Events(Events.Broker.KAFKA, Events.Subscriber.OK, true, 0));
    assertThat(rejected(head + "load: {calls: [{call: event}]}\n"))
        .extracting(Problem::toString)
        .containsExactly(
            "bad.yaml:7: load.events: must name a broker: something is published",
            "bad.yaml:7: load.events: must have a subscriber that is ok: an event is to arrive",
            "bad.yaml:7: load: must have events with a subscriber that is ok");
  }

  private static Scenario parsed(String text, boolean quick) {
    return switch (ScenarioReader.read("bad.yaml", text, quick)) {
      case ScenarioReader.Parsed parsed -> parsed.scenario();
      case ScenarioReader.Rejected rejected -> throw new AssertionError(rejected.problems());
    };
  }

  private static List<Problem> rejected(String text) {
    return switch (ScenarioReader.read("bad.yaml", text, false)) {
      case ScenarioReader.Parsed parsed -> throw new AssertionError(parsed.scenario());
      case ScenarioReader.Rejected rejected -> rejected.problems();
    };
  }
}
