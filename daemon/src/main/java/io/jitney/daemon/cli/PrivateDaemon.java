package io.jitney.daemon.cli;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.NodeSettings;
import io.jitney.daemon.control.StartEnvironment;
import io.jitney.daemon.instance.InstanceOpener;
import io.jitney.daemon.sidecar.Sidecar;
import io.jitney.daemon.sidecar.SidecarOutput;
import io.jitney.daemon.telemetry.LimitedOutput;
import io.jitney.daemon.telemetry.StreamSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code daprd} where no daemon runs: one app, in this process, without quotas; the process is its
 * sidecar.
 */
final class PrivateDaemon {
  private static final int MOST_LOOPS = 4;

  private PrivateDaemon() {}

  /** Blocks until the sidecar ends; returns its exit code. */
  static int run(List<String> arguments) {
    LimitedOutput.limitErrors();
    StreamSink stdout = new StreamSink(new FileOutputStream(FileDescriptor.out));
    StreamSink stderr = new StreamSink(new FileOutputStream(FileDescriptor.err));
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Sidecar sidecar =
        new Sidecar(
            new Opener(),
            new ProcessOutput(stdout, stderr, exit),
            arguments,
            StartEnvironment.variables(),
            Path.of("").toAbsolutePath());
    Signals.toStop(sidecar::signal);
    sidecar.start();
    int code = exit.join();
    stdout.close();
    stderr.close();
    return code;
  }

  /** Makes the daemon when the first instance opens: {@code --version} needs none. */
  private static final class Opener implements Supplier<InstanceOpener> {
    private @Nullable InstanceOpener made;

    @Override
    public synchronized InstanceOpener get() {
      InstanceOpener known = made;
      if (known == null) {
        int loops = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_LOOPS);
        known = new Daemon(NodeSettings.alone(loops)).opener();
        made = known;
      }
      return known;
    }
  }

  private record ProcessOutput(StreamSink out, StreamSink err, CompletableFuture<Integer> exit)
      implements SidecarOutput {
    @Override
    public void stdout(byte[] lines) {
      out.write(lines);
    }

    @Override
    public void stderr(byte[] lines) {
      err.write(lines);
    }

    @Override
    public void exit(int code) {
      exit.complete(code);
    }
  }
}
