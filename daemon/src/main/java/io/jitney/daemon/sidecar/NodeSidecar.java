package io.jitney.daemon.sidecar;

import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceOpener;
import io.jitney.daemon.instance.InstanceSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A sidecar of the node's daemon: whose it is, its last output, its instance. Threads: any. */
public final class NodeSidecar {
  /** Who wants it to run. */
  public enum Origin {
    /** A process that runs {@code daprd}, and ends with it. */
    LAUNCHER,
    /** An apps file. */
    APPS_FILE;

    /** As commands print it. */
    public String word() {
      return switch (this) {
        case LAUNCHER -> "launcher";
        case APPS_FILE -> "apps file";
      };
    }
  }

  private final Origin origin;
  private final LogRing log = new LogRing();
  private final Sidecar sidecar;
  private volatile @Nullable AppInstance instance;

  NodeSidecar(
      Origin origin,
      InstanceOpener opener,
      SidecarOutput output,
      SidecarHost host,
      List<String> arguments,
      Map<String, String> environment,
      Path folder,
      Consumer<NodeSidecar> ended) {
    this.origin = origin;
    this.sidecar =
        new Sidecar(
            () -> opener,
            new Recorded(output, ended),
            new Known(host),
            arguments,
            environment,
            folder);
  }

  void start() {
    sidecar.start();
  }

  public Origin origin() {
    return origin;
  }

  public LogRing log() {
    return log;
  }

  /** The newest instance; null before there is one. */
  public @Nullable AppInstance instance() {
    return instance;
  }

  public void signal(ControlSignal signal) {
    sidecar.signal(signal);
  }

  /** Closes at once, without grace. */
  public void gone() {
    sidecar.gone();
  }

  private final class Known implements SidecarHost {
    private final SidecarHost next;

    Known(SidecarHost next) {
      this.next = next;
    }

    @Override
    public InstanceSettings settings(InstanceSettings asked) {
      return next.settings(asked);
    }

    @Override
    public void opening(AppInstance opened) {
      instance = opened;
      next.opening(opened);
    }

    @Override
    public void running(AppInstance opened) {
      next.running(opened);
    }
  }

  private final class Recorded implements SidecarOutput {
    private final SidecarOutput next;
    private final Consumer<NodeSidecar> ended;

    Recorded(SidecarOutput next, Consumer<NodeSidecar> ended) {
      this.next = next;
      this.ended = ended;
    }

    @Override
    public void stdout(byte[] lines) {
      log.add(lines);
      next.stdout(lines);
    }

    @Override
    public void stderr(byte[] lines) {
      log.add(lines);
      next.stderr(lines);
    }

    @Override
    public void exit(int code) {
      next.exit(code);
      log.close();
      ended.accept(NodeSidecar.this);
    }
  }
}
