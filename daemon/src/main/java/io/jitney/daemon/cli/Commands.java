package io.jitney.daemon.cli;

import java.util.List;

/**
 * What the first argument asks for. The long-running commands start without the command line's
 * library, which they do not need and would pay for at every start.
 */
public final class Commands {
  private Commands() {}

  public static int run(String[] args) {
    List<String> all = List.of(args);
    String command = all.isEmpty() ? "" : all.getFirst();
    List<String> rest = all.isEmpty() ? all : all.subList(1, all.size());
    return switch (command) {
      case "daprd" -> PrivateDaemon.run(rest);
      case "train" -> TrainingRun.run();
      case "daemon" ->
          rest.contains("--help") || rest.contains("-h") ? Cli.run(all) : NodeDaemon.run(rest);
      default -> Cli.run(all);
    };
  }
}
