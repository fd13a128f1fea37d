package io.jitney.loadtest.cli;

import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.Programs;
import io.jitney.loadtest.scenario.Problem;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The scenarios of the folder {@code loadtest/scenarios}, and files given by path. */
final class ScenarioFiles {
  private ScenarioFiles() {}

  /** All of the folder, by file name: numbers in front give the order. */
  static List<Scenario> all(boolean quick) throws LoadTestFailure {
    return read(folder(), quick);
  }

  /** By path, by name, or by kind where none has that name; in the order given. */
  static List<Scenario> named(List<String> names, boolean quick) throws LoadTestFailure {
    List<Scenario> chosen = new ArrayList<>();
    List<Scenario> known = all(quick);
    for (String name : names) {
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        chosen.addAll(read(List.of(Path.of(name)), quick));
        continue;
      }
      List<Scenario> found = known.stream().filter(s -> s.header().name().equals(name)).toList();
      if (found.isEmpty()) {
        found = known.stream().filter(s -> kind(s).equals(name)).toList();
      }
      if (found.isEmpty()) {
        throw new LoadTestFailure(
            "no scenario is named " + name + "; there are: " + String.join(", ", names(known)));
      }
      found.stream().filter(s -> !chosen.contains(s)).forEach(chosen::add);
    }
    return chosen;
  }

  private static List<String> names(List<Scenario> scenarios) {
    return scenarios.stream().map(s -> s.header().name()).toList();
  }

  static String kind(Scenario scenario) {
    return switch (scenario) {
      case Scenario.Aggressor s -> "aggressor";
      case Scenario.Fairness s -> "fairness";
      case Scenario.Overload s -> "overload";
      case Scenario.Cost s -> "cost";
      case Scenario.Scale s -> "scale";
      case Scenario.Durability s -> "durability";
    };
  }

  private static List<Path> folder() throws LoadTestFailure {
    Path folder = Programs.home().resolve("scenarios");
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    } catch (IOException failure) {
      throw new LoadTestFailure("cannot read the scenarios: " + failure);
    }
  }

  private static List<Scenario> read(List<Path> files, boolean quick) throws LoadTestFailure {
    List<Scenario> scenarios = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Path file : files) {
      try {
        switch (ScenarioReader.read(file.toString(), Files.readString(file), quick)) {
          case ScenarioReader.Parsed parsed -> scenarios.add(parsed.scenario());
          case ScenarioReader.Rejected rejected -> problems.addAll(rejected.problems());
        }
      } catch (IOException failure) {
        throw new LoadTestFailure("cannot read " + file + ": " + failure);
      }
    }
    if (!problems.isEmpty()) {
      throw new LoadTestFailure(
          String.join("\nloadtest: ", problems.stream().map(Problem::toString).toList()));
    }
    return scenarios;
  }
}
