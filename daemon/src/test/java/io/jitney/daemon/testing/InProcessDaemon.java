package io.jitney.daemon.testing;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.NodeSettings;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.instance.InstanceSettings.AppProtocol;
import io.jitney.daemon.instance.InstanceSettings.Listen;
import io.jitney.daemon.instance.InstanceSettings.LogSettings;
import io.jitney.daemon.instance.OpenInstance;
import io.jitney.tenancy.admission.Quota;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A daemon in this JVM: the fastest, and the one to debug. */
public final class InProcessDaemon implements TestDaemon {
  private final Daemon daemon;

  public InProcessDaemon() {
    this(NodeSettings.shared(2, Quota.UNLIMITED));
  }

  /** With so many event loops; its tenants are kept apart or not. */
  public InProcessDaemon(int eventLoops, boolean isolated) {
    this(NodeSettings.shared(eventLoops, Quota.UNLIMITED).isolated(isolated));
  }

  public InProcessDaemon(NodeSettings settings) {
    daemon = new Daemon(settings);
  }

  /** The daemon itself, for tests that look inside. */
  public Daemon daemon() {
    return daemon;
  }

  @Override
  public OpenSidecar open(SidecarSpec spec) throws Exception {
    SidecarFiles files = SidecarFiles.write(spec);
    InstanceSettings settings = settings(spec, files, FreePort.pick(), FreePort.pick());
    RecordedLog log = new RecordedLog();
    OpenInstance open = daemon.opener().open(settings, log);
    if (settings.app() == null) {
      open.awaitApp();
    } else {
      Thread.ofVirtual().start(() -> awaitApp(open));
    }
    return new OpenSidecar(open, log, files);
  }

  private static void awaitApp(OpenInstance open) {
    try {
      open.awaitApp();
    } catch (InterruptedException neverAsked) {
      Thread.currentThread().interrupt();
    }
  }

  private static InstanceSettings settings(
      SidecarSpec spec, SidecarFiles files, int httpPort, int grpcPort) throws IOException {
    Path folder = files.folder();
    Path configuration = files.configuration();
    return new InstanceSettings(
        spec.appId(),
        spec.environment().getOrDefault("NAMESPACE", ""),
        endpoint(spec.app()),
        new Listen(
            List.of("127.0.0.1"),
            httpPort,
            grpcPort,
            FreePort.pick(),
            "127.0.0.1",
            -1,
            "",
            FreePort.pick(),
            "127.0.0.1"),
        spec.maxBodySize(),
        4096,
        1,
        -1,
        new LogSettings("info", false, null),
        null,
        "",
        spec.environment().getOrDefault("DAPR_API_TOKEN", ""),
        spec.environment().getOrDefault("APP_API_TOKEN", ""),
        new InstanceSettings.ResourceSettings(
            List.of(files.resources()), configuration == null ? List.of() : List.of(configuration)),
        true,
        true,
        null,
        false,
        Set.of(),
        3_000,
        spec.environment(),
        folder);
  }

  private static AppEndpoint endpoint(SidecarSpec.@Nullable App app) {
    if (app == null) {
      return new AppEndpoint("127.0.0.1", 0, AppProtocol.HTTP, -1, null);
    }
    AppProtocol protocol = AppProtocol.valueOf(app.protocol().toUpperCase(Locale.ROOT));
    return new AppEndpoint("127.0.0.1", app.port(), protocol, app.maxConcurrency(), null);
  }

  @Override
  public void close() {
    await(daemon.close());
  }

  private static void await(io.vertx.core.Future<?> done) {
    try {
      done.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A sidecar of this JVM. */
  public static final class OpenSidecar implements Sidecar {
    private final OpenInstance open;
    private final RecordedLog log;
    private final SidecarFiles files;
    private boolean closed;

    private OpenSidecar(OpenInstance open, RecordedLog log, SidecarFiles files) {
      this.open = open;
      this.log = log;
      this.files = files;
    }

    /** The instance itself, for tests that look inside. */
    public OpenInstance opened() {
      return open;
    }

    @Override
    public String appId() {
      return open.instance().appId();
    }

    @Override
    public int httpPort() {
      return open.instance().settings().listen().httpPort();
    }

    @Override
    public int grpcPort() {
      return open.instance().settings().listen().grpcPort();
    }

    @Override
    public List<String> log() {
      return log.lines();
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        await(open.close());
        files.delete();
      }
    }
  }
}
