package io.jitney.loadtest.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program's commands. */
@Command(
    name = "loadtest",
    description = {
      "Shows with load how well the tenants of a Jitney daemon are kept apart, what that costs, and how it compares.",
      "",
      "Everything is started by the program itself, on loopback and on ports of its own: a Redis, the daemon with a",
      "virtual sidecar for each tenant (or private daemons, or any daprd), apps, a slow store, and generators of load",
      "in processes of their own. All of it is ended in the end, also by Ctrl-C.",
      "",
      "  loadtest list                          what can be run",
      "  loadtest run rate-flood --quick        one scenario, its short version",
      "  loadtest run --quick                   all of them",
      "  loadtest run cost scale --peer /usr/local/bin/daprd",
      "",
      "A run ends with a table and a folder with all figures and a report to be opened in a browser."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ListCommand.class, RunCommand.class, ReportCommand.class})
public final class LoadTest {
  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Tells about this command.")
  @SuppressWarnings("UnusedVariable") // picocli's
  private boolean help;

  private LoadTest() {}

  /** Exit code: 0 all targets reached, 1 some missed or a run failed, 2 wrong arguments. */
  public static int run(String[] args) {
    CommandLine commands = new CommandLine(new LoadTest()).setUsageHelpWidth(120);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof io.jitney.loadtest.process.LoadTestFailure) {
            System.err.println("loadtest: " + failure.getMessage());
            return 1;
          }
          throw failure;
        });
    if (args.length == 0) {
      commands.usage(System.out);
      return 2;
    }
    return commands.execute(args);
  }
}
