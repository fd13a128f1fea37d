package io.jitney.loadtest.cli;

import io.jitney.loadtest.process.Cores;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.Programs;
import io.jitney.loadtest.report.Machine;
import io.jitney.loadtest.report.ResultFolder;
import io.jitney.loadtest.report.TerminalTable;
import io.jitney.loadtest.run.Measure;
import io.jitney.loadtest.run.Play;
import io.jitney.loadtest.run.Progress;
import io.jitney.loadtest.run.ScenarioResult;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code loadtest run}. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Runs scenarios and reports.",
      "",
      "Sides of a comparison are run in turns within one invocation (A B B A). Where the machine has more than one core",
      "the measured daemon has cores of its own, and generators, apps and Redis have the rest; the report says how it",
      "was. Exit code 0: all targets reached; 1: some missed, or a run failed."
    })
final class RunCommand implements Callable<Integer> {
  /** How isolation is to be set. */
  enum Isolation {
    ON,
    OFF,
    BOTH
  }

  @Spec private picocli.CommandLine.Model.@Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = {
        "Scenarios by name, by kind (aggressor, fairness, durability) or by the path of a YAML file.",
        "None: all that loadtest list shows."
      })
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--quick",
      description = "The short version of each: phases of a few seconds, fewer rounds.")
  private boolean quick;

  @Option(
      names = "--isolation",
      paramLabel = "on|off|both",
      description = {
        "Only a shared daemon with isolation, only one without (first come first served), or both.",
        "Default: what each scenario says, mostly both."
      })
  private @Nullable Isolation isolation;

  @Option(
      names = "--private",
      description = "Also against private daemons of Jitney's, a process for each tenant.")
  private boolean privateDaemons;

  @Option(
      names = "--peer",
      paramLabel = "PATH",
      description = "Also against this daprd, a process for each tenant.")
  private @Nullable Path peer;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each side is run. Default: what each scenario says.")
  private int rounds;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "Length of each measured phase, instead of the scenario's.")
  private double duration;

  @Option(
      names = "--rate",
      paramLabel = "PER_SECOND",
      description =
          "Requests per second of all victims, or of the steady load, instead of the scenario's.")
  private double rate;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "How many events a durability scenario publishes, instead of its own count.")
  private int events;

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = {
        "A Kafka that is there, for the scenarios that need one; topics are made by using them.",
        "Default: one is started."
      })
  private String kafka = "";

  @Option(
      names = "--no-affinity",
      description = {
        "Leaves cores and priorities to the system: for machines that others use, too.",
        "Figures mean little there anyway."
      })
  private boolean noAffinity;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where the results go. Default: loadtest-results/DATE-TIME in the current folder.")
  private @Nullable Path out;

  @Override
  public Integer call() throws Exception {
    check();
    Programs programs = Programs.find(kafka, peer);
    if (!programs.isBuilt()) {
      throw new LoadTestFailure(
          "the daemon is not built; run " + programs.jitney() + " version, which builds it");
    }
    Adjust adjust = new Adjust(sides(), peer != null, rounds, events, rate, duration);
    List<Scenario> scenarios =
        (names.isEmpty() ? ScenarioFiles.all(quick) : ScenarioFiles.named(names, quick))
            .stream()
                .map(adjust::apply)
                .map(this::withMore)
                .filter(s -> !s.header().against().isEmpty())
                .toList();
    Cores cores = noAffinity ? Cores.unpinned() : Cores.find();
    cores.moveSelf();
    Path folder = out == null ? defaultFolder() : out;
    return play(scenarios, programs, cores, folder);
  }

  private Integer play(List<Scenario> scenarios, Programs programs, Cores cores, Path folder)
      throws Exception {
    int runs =
        scenarios.stream()
            .mapToInt(new Play(programs, cores, new Progress(System.out, 0))::runs)
            .sum();
    Play play = new Play(programs, cores, new Progress(System.out, runs));
    ResultFolder results = ResultFolder.create(folder, Machine.look(cores, command()));
    Thread hook = new Thread(play::stop, "cleanup");
    Runtime.getRuntime().addShutdownHook(hook);
    double seconds = scenarios.stream().mapToDouble(play::seconds).sum();
    System.out.printf(
        Locale.ROOT, "%d runs, about %.0f min; %s%n", runs, seconds / 60, cores.inWords());
    List<ScenarioResult> done = new ArrayList<>();
    try {
      for (Scenario scenario : scenarios) {
        done.add(play.play(scenario));
        // After each: who stops in between has a report of what was.
        results.write(done);
      }
    } catch (InterruptedException stopped) {
      System.out.println("stopped");
      return 130;
    } finally {
      play.stop();
    }
    TerminalTable.print(System.out, done);
    System.out.println();
    System.out.println("Report: " + results.report());
    boolean failed =
        done.stream()
            .anyMatch(
                s ->
                    s.runs().stream().anyMatch(r -> !r.failure().isEmpty())
                        || s.measures().stream()
                            .anyMatch(m -> m.verdict() == Measure.Verdict.MISS));
    return failed ? 1 : 0;
  }

  private void check() {
    picocli.CommandLine.Model.CommandSpec command = spec;
    if (command != null
        && (rounds < 0 || events < 0 || duration < 0 || rate < 0 || duration > 600)) {
      throw new picocli.CommandLine.ParameterException(
          command.commandLine(),
          "--rounds, --events, --duration and --rate must be positive, --duration at most 600");
    }
  }

  private @Nullable List<Side> sides() {
    return isolation == null
        ? null
        : switch (isolation) {
          case ON -> List.of(Side.ON);
          case OFF -> List.of(Side.OFF);
          case BOTH -> List.of(Side.ON, Side.OFF);
        };
  }

  /** The sides that were asked for beside those of the scenario. */
  private Scenario withMore(Scenario scenario) {
    List<Side> all = new ArrayList<>(scenario.header().against());
    boolean compares =
        scenario instanceof Scenario.Aggressor
            || scenario instanceof Scenario.Cost
            || scenario instanceof Scenario.Scale
            || scenario instanceof Scenario.Durability;
    if (compares && privateDaemons && !all.contains(Side.PRIVATE)) {
      all.add(Side.PRIVATE);
    }
    if (compares && peer != null && !all.contains(Side.PEER)) {
      all.add(Side.PEER);
    }
    return new Adjust(all, peer != null, 0, 0, 0, 0).apply(scenario);
  }

  private static Path defaultFolder() {
    String now =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return Path.of("loadtest-results", now);
  }

  private String command() {
    picocli.CommandLine.Model.CommandSpec command = spec;
    return command == null
        ? ""
        : "loadtest "
            + String.join(" ", command.root().commandLine().getParseResult().originalArgs());
  }
}
