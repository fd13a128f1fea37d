package io.jitney.daemon.cli;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.NodeSettings;
import io.jitney.daemon.admin.AdminServer;
import io.jitney.daemon.admin.CommandRequests;
import io.jitney.daemon.admin.NodeStatus;
import io.jitney.daemon.admin.UsageHistory;
import io.jitney.daemon.apps.AppsWatch;
import io.jitney.daemon.apps.DeclaredApps;
import io.jitney.daemon.control.ControlClient;
import io.jitney.daemon.control.ControlPath;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.control.ControlSocket;
import io.jitney.daemon.control.ControlSocketException;
import io.jitney.daemon.control.StartEnvironment;
import io.jitney.daemon.node.ListenerOptions;
import io.jitney.daemon.node.PortBinding;
import io.jitney.daemon.policy.PolicyWatch;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.sidecar.SidecarControl;
import io.jitney.daemon.telemetry.LimitedOutput;
import io.jitney.tenancy.memory.Rung;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code jitney daemon}: the node's daemon, until it is told to stop. */
final class NodeDaemon {
  private static final long CLOSE_SECONDS = 10;
  private static final long LISTENER_GRACE_MILLIS = 5_000;

  private final DaemonOptions options;
  private final Map<String, String> environment;
  private final CountDownLatch stop = new CountDownLatch(1);
  private @Nullable AdminServer admin;
  private @Nullable PolicyWatch policies;
  private @Nullable UsageHistory usage;
  private volatile @Nullable AppsWatch apps;

  private NodeDaemon(DaemonOptions options, Map<String, String> environment) {
    this.options = options;
    this.environment = environment;
  }

  static int run(List<String> arguments) {
    return run(arguments, StartEnvironment.variables(), daemon -> {});
  }

  /**
   * As the command, in an environment of the caller's.
   *
   * @param made gets the daemon before it starts, to stop it by
   */
  static int run(
      List<String> arguments, Map<String, String> environment, Consumer<NodeDaemon> made) {
    return switch (DaemonFlags.parse(arguments, environment, Path.of("").toAbsolutePath())) {
      case DaemonFlags.Rejected(List<String> problems) -> {
        problems.forEach(problem -> System.err.println("jitney: " + problem));
        System.err.println("jitney: see jitney daemon --help");
        yield 2;
      }
      case DaemonFlags.Options(DaemonOptions options) -> {
        try {
          NodeDaemon daemon = new NodeDaemon(options, environment);
          made.accept(daemon);
          yield daemon.run();
        } catch (ControlSocketException refused) {
          System.err.println("jitney: " + refused.getMessage());
          yield 1;
        } catch (IOException failure) {
          System.err.println("jitney: cannot open the control socket: " + failure.getMessage());
          yield 1;
        } catch (InterruptedException neverAsked) {
          Thread.currentThread().interrupt();
          yield 1;
        }
      }
    };
  }

  private int run() throws IOException, InterruptedException {
    LimitedOutput.limitErrors();
    Signals.toStop(this::signal);
    ControlPath path = ControlPath.of(environment);
    refuseSecond(path);
    Daemon daemon =
        new Daemon(
            NodeSettings.shared(options.eventLoops(), options.defaultQuota())
                .isolated(options.isolated())
                .memoryBudget(options.memoryBudget()));
    daemon.memory().onChange((from, to, used) -> memoryRung(daemon, from, to, used));
    daemon.node().isolation().logTo(System.out::println);
    PolicyWatch watched =
        new PolicyWatch(options.policies(), options.apps(), daemon.registry(), System.out::println);
    policies = watched;
    watched.start();
    NodeSidecars sidecars = new NodeSidecars(daemon.opener());
    NodeStatus status =
        new NodeStatus(
            daemon.registry(),
            daemon.node().pools(),
            daemon.node().loops().size(),
            sidecars,
            this::declared,
            watched::problems);
    UsageHistory history = new UsageHistory(daemon.registry());
    usage = history;
    history.start();
    CommandRequests commands = new CommandRequests(status, history);
    ControlSocket socket;
    NodeStatus.Places places;
    try {
      // Ports first: whoever sees the socket finds a daemon that is there to stay.
      places = listen(daemon, status);
      socket =
          ControlSocket.open(path, new SidecarControl(sidecars, commands::accept, commands::gone));
    } catch (PortTaken taken) {
      System.err.println("jitney: " + taken.getMessage());
      close(daemon);
      return 1;
    } catch (IOException refused) {
      close(daemon);
      throw refused;
    }
    status.places(
        new NodeStatus.Places(
            places.http(), places.grpc(), places.admin(), socket.path().toString()));
    watchApps(daemon, sidecars);
    System.out.println(
        "jitney daemon ready in "
            + millisSinceStart()
            + " ms, "
            + text(places)
            + ", socket "
            + socket.path());
    stop.await();
    System.out.println("jitney daemon stops: " + sidecars.count() + " sidecars");
    socket.stopAccepting();
    AppsWatch watch = apps;
    if (watch != null) {
      watch.close();
    }
    daemon.listener().close(LISTENER_GRACE_MILLIS);
    sidecars.stopAll();
    awaitEnd(sidecars);
    socket.close();
    close(daemon);
    return 0;
  }

  /** One line for each change, however long it lasts. */
  private static void memoryRung(Daemon daemon, Rung from, Rung to, long used) {
    long capacity = daemon.memory().capacity();
    System.out.println(
        "jitney memory: "
            + to
            + " (was "
            + from
            + "), "
            + used / 1024
            + " of "
            + capacity / 1024
            + " KiB held, "
            + daemon.memory().waiting()
            + " calls wait");
    if (to == Rung.CONTROL) {
      daemon.health().add("memory");
    } else {
      daemon.health().ready("memory");
    }
  }

  private @Nullable DeclaredApps declared() {
    AppsWatch watch = apps;
    return watch == null ? null : watch.apps();
  }

  /** Said before any port is tried: "in use" would be true, too, but help nobody. */
  private static void refuseSecond(ControlPath path) throws IOException {
    Optional<ControlClient> other = ControlClient.connect(path);
    if (other.isPresent()) {
      other.get().close();
      throw new ControlSocketException(
          "a daemon is running at "
              + path
              + " already (jitney status shows it); for a second one set "
              + ControlPath.VARIABLE
              + " to another path, and other ports");
    }
  }

  private void watchApps(Daemon daemon, NodeSidecars sidecars) {
    Path path = options.apps();
    if (path == null) {
      return;
    }
    AppsWatch watch =
        new AppsWatch(
            path,
            sidecars,
            daemon.registry(),
            daemon.identity(),
            daemon.health(),
            environment,
            daemon.sleepers(),
            options.resources(),
            System.out::println);
    apps = watch;
    watch.start();
  }

  private NodeStatus.Places listen(Daemon daemon, NodeStatus status)
      throws PortTaken, InterruptedException {
    ListenerOptions limits = new ListenerOptions(options.readBufferSize(), true);
    int http = -1;
    int grpc = -1;
    if (options.httpPort() >= 0) {
      try {
        http = daemon.listener().listenHttp(options.httpAddresses(), options.httpPort(), limits);
      } catch (IOException failure) {
        throw new PortTaken(DaemonFlag.HTTP_PORT, DaemonFlag.HTTP_ADDRESS, failure);
      }
    }
    if (options.grpcPort() >= 0) {
      try {
        grpc = daemon.listener().listenGrpc(options.grpcAddresses(), options.grpcPort(), limits);
      } catch (IOException failure) {
        throw new PortTaken(DaemonFlag.GRPC_PORT, DaemonFlag.GRPC_ADDRESS, failure);
      }
    }
    AdminServer opened = null;
    if (options.adminPort() >= 0) {
      String host = options.adminAddress();
      try {
        opened =
            AdminServer.open(
                host, options.adminPort(), status, daemon.health(), daemon.node().loops());
      } catch (IOException failure) {
        throw new PortTaken(
            DaemonFlag.ADMIN_PORT,
            DaemonFlag.ADMIN_ADDRESS,
            new IOException(
                "listen tcp "
                    + host
                    + ":"
                    + options.adminPort()
                    + ": bind: "
                    + PortBinding.reason(failure)));
      }
    }
    admin = opened;
    return new NodeStatus.Places(http, grpc, opened == null ? -1 : opened.port(), "");
  }

  /** A listener that cannot be had; says what to do. */
  private static final class PortTaken extends Exception {
    private static final long serialVersionUID = 1L;

    PortTaken(DaemonFlag port, DaemonFlag address, IOException failure) {
      super(
          "cannot "
              + failure.getMessage()
              + "; choose another port with "
              + port.flag()
              + " (or "
              + port.variable()
              + "), do without with "
              + port.flag()
              + "=off, or another address with "
              + address.flag());
    }
  }

  private static String text(NodeStatus.Places places) {
    return "HTTP API "
        + text(places.http())
        + ", gRPC API "
        + text(places.grpc())
        + ", admin "
        + text(places.admin());
  }

  private static String text(int port) {
    return port < 0 ? "off" : "port " + port;
  }

  /** Begins the graceful stop; returns at once. */
  void stop() {
    stop.countDown();
  }

  /** The first signal stops gracefully, the second at once. */
  private void signal(ControlSignal signal) {
    if (signal == ControlSignal.HUP) {
      return; // sidecars are reloaded one by one, through their launchers; apps files are watched
    }
    if (stop.getCount() == 0) {
      Runtime.getRuntime().halt(1);
    }
    stop.countDown();
  }

  private static void awaitEnd(NodeSidecars sidecars) throws InterruptedException {
    while (sidecars.count() > 0) {
      Thread.sleep(10);
    }
  }

  private void close(Daemon daemon) {
    AdminServer open = admin;
    if (open != null) {
      open.close();
    }
    PolicyWatch watched = policies;
    if (watched != null) {
      watched.close();
    }
    UsageHistory history = usage;
    if (history != null) {
      history.close();
    }
    try {
      daemon.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException late) {
      System.err.println("jitney: closing takes long: " + late.getMessage());
    } catch (InterruptedException neverAsked) {
      Thread.currentThread().interrupt();
    }
  }

  private static long millisSinceStart() {
    Instant start = ProcessHandle.current().info().startInstant().orElse(Instant.now());
    return Duration.between(start, Instant.now()).toMillis();
  }
}
