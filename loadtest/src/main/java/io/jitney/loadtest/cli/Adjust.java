package io.jitney.loadtest.cli;

import io.jitney.loadtest.scenario.Load;
import io.jitney.loadtest.scenario.Phases;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What options of the command line change in a scenario.
 *
 * @param sides null: as the scenario says
 * @param rounds 0: as the scenario says
 * @param events of a durability scenario; 0: as the scenario says
 * @param rate of the victims or of the steady load; 0: as the scenario says
 * @param seconds of the phase that is measured; 0: as the scenario says
 */
record Adjust(
    @Nullable List<Side> sides,
    boolean withPeer,
    int rounds,
    int events,
    double rate,
    double seconds) {

  Scenario apply(Scenario scenario) {
    Scenario.Header header = header(scenario.header());
    return switch (scenario) {
      case Scenario.Aggressor s ->
          new Scenario.Aggressor(header, load(s.victims()), s.attack(), phases(s.phases()));
      case Scenario.Fairness s ->
          new Scenario.Fairness(
              header, s.load(), s.tenants(), s.warmup(), time(s.seconds()), s.window());
      case Scenario.Overload s ->
          new Scenario.Overload(
              header,
              s.load(),
              s.multiples(),
              s.peakConnections(),
              s.warmup(),
              s.peakSeconds(),
              time(s.stepSeconds()),
              s.recoverySeconds());
      case Scenario.Cost s ->
          new Scenario.Cost(header, load(s.load()), s.warmup(), time(s.seconds()));
      case Scenario.Scale s ->
          new Scenario.Scale(
              header, load(s.load()), s.counts(), s.peerMost(), s.warmup(), time(s.seconds()));
      case Scenario.Durability s ->
          new Scenario.Durability(
              header, s.load(), events == 0 ? s.count() : events, s.killEvery(), s.patience());
    };
  }

  private Scenario.Header header(Scenario.Header header) {
    List<Side> against = sides == null ? header.against() : sides;
    List<Side> there = against.stream().filter(s -> s != Side.PEER || withPeer).toList();
    return new Scenario.Header(
        header.name(),
        header.title(),
        header.about(),
        there,
        rounds == 0 ? header.rounds() : rounds,
        header.policies(),
        header.targets());
  }

  private Load load(Load load) {
    return rate == 0 ? load : load.withRate(rate);
  }

  private Phases phases(Phases phases) {
    return new Phases(phases.warmup(), time(phases.alone()), time(phases.during()), phases.after());
  }

  private double time(double usual) {
    return seconds == 0 ? usual : seconds;
  }
}
