package io.jitney.daemon.cli;

import io.jitney.daemon.control.ControlSocketException;
import io.jitney.daemon.demo.DemoCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code jitney}: what is asked of it besides being the daemon. */
@Command(
    name = "jitney",
    description = {
      "One Dapr daemon for all apps of this machine.",
      "",
      "Start with: jitney demo (shows what it does), or jitney daemon & and then daprd with Dapr's flags,",
      "or jitney run --app-id hello --app-port 3000 -- node app.js"
    },
    subcommands = {
      RunCommand.class,
      AppsCommand.class,
      StopCommand.class,
      LogsCommand.class,
      StatusCommand.class,
      TopCommand.class,
      UsageCommand.class,
      PolicyCommand.class,
      VersionCommand.class,
      DemoCommand.class
    },
    footer = {
      "",
      "Commands find the daemon by its control socket: $JITNEY_SOCKET, else $XDG_RUNTIME_DIR/jitney/daemon.sock,",
      "else /tmp/jitney-UID/daemon.sock. Exit codes: 0 done, 1 failed, 2 not understood."
    })
final class Cli implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  @Spec
  private CommandSpec spec;

  static int run(List<String> arguments) {
    CommandLine line = new CommandLine(new Cli());
    line.addSubcommand("daemon", new CommandLine(daemon()));
    line.getSubcommands()
        .values()
        .forEach(
            command -> {
              common(command);
              command.getSubcommands().values().forEach(Cli::common);
            });
    common(line);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(Cli::failed);
    return line.execute(arguments.toArray(String[]::new));
  }

  private static void common(CommandLine line) {
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Tells about this command.")
                .build());
    line.getCommandSpec().usageMessage().width(110).abbreviateSynopsis(true).sortOptions(false);
  }

  /** For its help alone: {@link Commands} starts the daemon without coming here. */
  private static CommandSpec daemon() {
    CommandSpec daemon = CommandSpec.create().name("daemon");
    daemon
        .usageMessage()
        .description(
            "Runs the node's daemon in the foreground until SIGTERM or SIGINT; a second signal ends it at once.",
            "",
            "From then on bin/daprd and jitney run open virtual sidecars in it. Apps without a launcher are declared",
            "in files (--apps) and share the ports below; they are known by API token or source address.",
            "")
        .footer(
            "",
            "Each flag has a variable of the environment, which counts when the flag is not given.",
            "A GET of /v1.0/healthz on the shared HTTP API without a token tells whether the daemon is ready.");
    for (DaemonFlag flag : DaemonFlag.values()) {
      String byDefault = flag.byDefault().isEmpty() ? "" : " Default: " + flag.byDefault() + ".";
      daemon.addOption(
          OptionSpec.builder(flag.flag())
              .type(String.class)
              .paramLabel(flag.value())
              .description(flag.help() + byDefault + " [" + flag.variable() + "]")
              .build());
    }
    return daemon;
  }

  /**
   * Failures that users can do something about are a line; others are ours, and are shown whole.
   */
  private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof CommandFailure || failure instanceof ControlSocketException) {
      System.err.println("jitney: " + failure.getMessage());
      return 1;
    }
    if (failure instanceof IOException) {
      System.err.println("jitney: " + failure);
      return 1;
    }
    throw failure;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(System.err);
    return 2;
  }
}
