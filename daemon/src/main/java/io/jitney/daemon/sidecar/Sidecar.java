package io.jitney.daemon.sidecar;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.flags.FlagParser;
import io.jitney.daemon.flags.ParsedFlags;
import io.jitney.daemon.flags.SettingsOfFlags;
import io.jitney.daemon.instance.InstanceOpener;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.InstanceSettings.LogSettings;
import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.metadata.MetadataApi;
import io.jitney.daemon.telemetry.DaprLog;
import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.daemon.telemetry.LogSink;
import io.jitney.daemon.telemetry.StreamSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/**
 * One virtual sidecar: what a daprd process does from its arguments to its exit code. Whatever goes
 * wrong ends this one with daprd's message and code, and nothing else.
 *
 * <p>{@link #signal} and {@link #gone} may be called from any thread.
 */
public final class Sidecar {
  private static final String SCOPE = "dapr.runtime";

  /** Signals that nobody has looked at yet; more say nothing new. */
  private static final int MOST_SIGNALS = 16;

  private final Supplier<InstanceOpener> opener;
  private final SidecarOutput output;
  private final SidecarHost host;
  private final List<String> arguments;
  private final Map<String, String> environment;
  private final Path folder;
  private final LinkedBlockingQueue<SidecarEvent> events = new LinkedBlockingQueue<>();

  /** Alone in the world: a private daemon's. */
  public Sidecar(
      Supplier<InstanceOpener> opener,
      SidecarOutput output,
      List<String> arguments,
      Map<String, String> environment,
      Path folder) {
    this(opener, output, SidecarHost.NONE, arguments, environment, folder);
  }

  /**
   * @param opener asked when there is an instance to open: not for {@code --version} and the like
   * @param arguments daprd's, without the program's name
   * @param environment of the process that this sidecar stands for
   * @param folder its working directory, absolute
   */
  public Sidecar(
      Supplier<InstanceOpener> opener,
      SidecarOutput output,
      SidecarHost host,
      List<String> arguments,
      Map<String, String> environment,
      Path folder) {
    this.opener = opener;
    this.output = output;
    this.host = host;
    this.arguments = List.copyOf(arguments);
    this.environment = environment;
    this.folder = folder;
  }

  /** Begins; the end is {@link SidecarOutput#exit}. */
  public void start() {
    Thread.ofVirtual().name("sidecar").start(this::run);
  }

  public void signal(ControlSignal signal) {
    if (events.size() < MOST_SIGNALS) {
      events.add(new SidecarEvent.Signalled(signal));
    }
  }

  /** The launcher is no more: closes at once, without grace. */
  public void gone() {
    events.add(new SidecarEvent.Gone());
  }

  private void run() {
    int code = 1;
    try {
      code = command();
    } catch (RuntimeException broken) {
      output.stderr(("jitney: internal error: " + broken + "\n").getBytes(UTF_8));
      throw broken;
    } finally {
      output.exit(code);
    }
  }

  private int command() {
    return switch (FlagParser.parse(arguments)) {
      case FlagParser.Result.Help help -> {
        output.stderr(help.text().getBytes(UTF_8));
        yield 0;
      }
      case FlagParser.Result.Wrong wrong -> {
        output.stderr(wrong.text().getBytes(UTF_8));
        yield 2;
      }
      case FlagParser.Result.Flags flags -> {
        if (!flags.notes().isEmpty()) {
          output.stderr(flags.notes().getBytes(UTF_8));
        }
        yield command(flags.flags());
      }
    };
  }

  private int command(ParsedFlags flags) {
    SettingsOfFlags reader = new SettingsOfFlags(flags, environment, folder);
    try {
      reader.checkParsed();
    } catch (StartupFailure wrong) {
      return fatal(new DaprLog(output::stdout, "", new LogSettings("info", false, null)), wrong);
    }
    if (flags.truth("version")) {
      return print(MetadataApi.RUNTIME_VERSION + "\n");
    }
    if (flags.truth("build-info")) {
      return print(BuildInfo.text());
    }
    if (flags.truth("wait")) {
      return new OutboundWait(output, events).run(flags.text("dapr-http-port"));
    }
    return logged(flags, reader);
  }

  private int print(String text) {
    output.stdout(text.getBytes(UTF_8));
    return 0;
  }

  private int logged(ParsedFlags flags, SettingsOfFlags reader) {
    String appId = flags.text("app-id");
    LogSettings settings = reader.logSettings();
    DaprLog onOutput = new DaprLog(output::stdout, appId, settings);
    try {
      reader.checkLog();
    } catch (StartupFailure wrong) {
      return fatal(onOutput, wrong);
    }
    Path file = settings.file();
    if (file == null) {
      return runtime(flags, reader, onOutput);
    }
    LogSink sink;
    try {
      sink = StreamSink.append(file);
    } catch (IOException failure) {
      return fatal(
          onOutput, StartupFailure.plain("failed to open log file \"" + file + "\": " + failure));
    }
    try {
      return runtime(flags, reader, new DaprLog(sink, appId, settings));
    } finally {
      sink.close();
    }
  }

  private int runtime(ParsedFlags flags, SettingsOfFlags reader, InstanceLog log) {
    log.info(
        SCOPE,
        "Starting Dapr Runtime -- version "
            + MetadataApi.RUNTIME_VERSION
            + " -- commit "
            + BuildInfo.COMMIT);
    log.info(SCOPE, "Log level set to: " + flags.text("log-level"));
    reader.warnings().forEach(line -> log.warn(SCOPE, line));
    try {
      InstanceSettings settings = host.settings(reader.settings());
      SidecarInstance instance = new SidecarInstance(opener, settings, log, events, host);
      SidecarStop stop = new SidecarStop(instance, settings, log, events);
      return new SidecarRun(instance, stop, log, events).untilExit();
    } catch (StartupFailure wrong) {
      return fatal(log, wrong);
    } catch (InterruptedException neverAsked) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static int fatal(InstanceLog log, StartupFailure failure) {
    log.log(InstanceLog.Level.FATAL, SCOPE, failure.line());
    return failure.exitCode();
  }
}
