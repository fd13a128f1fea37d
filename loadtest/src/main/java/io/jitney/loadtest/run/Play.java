package io.jitney.loadtest.run;

import io.jitney.loadtest.process.Children;
import io.jitney.loadtest.process.Cores;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.Programs;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Plays scenarios one after the other; the sides of each in turns, so that what the machine does
 * meanwhile is spread over all of them. A run that fails is a result, too: the others go on.
 */
public final class Play {
  private static final double START_SECONDS = 4;

  private final Programs programs;
  private final Cores cores;
  private final Progress progress;
  private @Nullable Children current;
  private boolean stopped;

  public Play(Programs programs, Cores cores, Progress progress) {
    this.programs = programs;
    this.cores = cores;
    this.progress = progress;
  }

  Programs programs() {
    return programs;
  }

  Progress progress() {
    return progress;
  }

  /** For the next run; the one before is over. */
  synchronized Children children() throws IOException {
    if (stopped) {
      throw new IOException("the load test was stopped");
    }
    Children children = new Children(cores);
    current = children;
    return children;
  }

  /** Of the run that is under way. */
  synchronized Children running() throws IOException {
    Children running = current;
    if (running == null) {
      throw new IOException("nothing runs");
    }
    return running;
  }

  /** Ends what is running and removes its folder; nothing is started any more. */
  public void stop() {
    Children running;
    synchronized (this) {
      stopped = true;
      running = current;
    }
    if (running != null) {
      running.close();
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private Player player(Scenario scenario) {
    return switch (scenario) {
      case Scenario.Aggressor s -> new AggressorPlayer(this, s);
      case Scenario.Fairness s -> new FairnessPlayer(this, s);
      case Scenario.Overload s -> new OverloadPlayer(this, s);
      case Scenario.Cost s -> new CostPlayer(this, s);
      case Scenario.Scale s -> new ScalePlayer(this, s);
      case Scenario.Durability s -> new DurabilityPlayer(this, s);
    };
  }

  /** How many runs a scenario has. */
  public int runs(Scenario scenario) {
    Player player = player(scenario);
    return scenario.header().rounds()
        * scenario.header().against().stream().mapToInt(side -> player.labels(side).size()).sum();
  }

  /** About how long a scenario takes on a machine that does nothing else. */
  public double seconds(Scenario scenario) {
    double load =
        switch (scenario) {
          case Scenario.Aggressor s -> s.phases().total();
          case Scenario.Fairness s -> s.warmup() + s.seconds();
          case Scenario.Overload s ->
              2 * s.warmup()
                  + s.peakSeconds()
                  + s.multiples().size() * s.stepSeconds()
                  + s.recoverySeconds();
          case Scenario.Cost s -> s.warmup() + s.seconds();
          case Scenario.Scale s -> s.warmup() + s.seconds();
          // A daemon that has just been started takes about a thousand a second.
          case Scenario.Durability s -> s.count() / 1_000.0 + 20;
        };
    return runs(scenario) * (load + START_SECONDS);
  }

  /** Plays one. */
  public ScenarioResult play(Scenario scenario) throws InterruptedException {
    Player player = player(scenario);
    Scenario.Header header = scenario.header();
    List<RunResult> runs = new ArrayList<>();
    for (int round = 1; round <= header.rounds(); round++) {
      // Every other round the other way about: who is first has the colder machine.
      List<Side> sides = round % 2 == 1 ? header.against() : header.against().reversed();
      for (Side side : sides) {
        for (String label : player.labels(side)) {
          if (isStopped()) {
            throw new InterruptedException("stopped");
          }
          progress.begin(title(header, side, round, label));
          RunResult run = run(player, side, round, label);
          if (isStopped()) {
            throw new InterruptedException("stopped");
          }
          runs.add(run);
          progress.end(run.failure().isEmpty() ? "done" : "FAILED: " + run.failure());
        }
      }
    }
    List<RunResult> good = runs.stream().filter(run -> run.failure().isEmpty()).toList();
    return new ScenarioResult(
        header.name(),
        player.kind(),
        header.title(),
        header.about(),
        List.copyOf(runs),
        player.measures(good));
  }

  private static RunResult run(Player player, Side side, int round, String label)
      throws InterruptedException {
    try {
      return player.run(side, round, label);
    } catch (IOException | LoadTestFailure failure) {
      return RunResult.failed(side, round, label, String.valueOf(failure.getMessage()));
    }
  }

  private static String title(Scenario.Header header, Side side, int round, String label) {
    return String.format(
        Locale.ROOT,
        "%s, %s%s%s",
        header.name(),
        side.words(),
        label.isEmpty() ? "" : ", " + label,
        header.rounds() > 1 ? ", round " + round : "");
  }
}
