package io.jitney.daemon.cli;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.control.ControlPath;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.control.ControlSocket;
import io.jitney.daemon.control.ControlSocketException;
import io.jitney.daemon.sidecar.SidecarControl;
import io.jitney.tenancy.admission.Quota;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code jitney daemon}: the node's daemon, until it is told to stop. */
final class NodeDaemon {
  private static final long CLOSE_SECONDS = 10;

  private final CountDownLatch stop = new CountDownLatch(1);

  private NodeDaemon() {}

  static int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      System.err.println("jitney daemon takes no arguments: " + String.join(" ", arguments));
      return 2;
    }
    try {
      return new NodeDaemon().run();
    } catch (ControlSocketException refused) {
      System.err.println("jitney: " + refused.getMessage());
      return 1;
    } catch (IOException failure) {
      System.err.println("jitney: cannot open the control socket: " + failure.getMessage());
      return 1;
    }
  }

  private int run() throws IOException {
    Signals.toStop(this::signal);
    Daemon daemon = new Daemon(0, Quota.UNLIMITED);
    SidecarControl sidecars =
        new SidecarControl(
            daemon.opener(),
            (request, session) ->
                session.json(new JsonObject().put("error", "unknown request " + request.getString("op"))));
    ControlSocket socket = ControlSocket.open(ControlPath.of(System.getenv()), sidecars);
    System.out.println("jitney daemon ready in " + millisSinceStart() + " ms, socket " + socket.path());
    awaitStop();
    System.out.println("jitney daemon stops: " + sidecars.count() + " sidecars");
    socket.stopAccepting();
    sidecars.stopAll();
    awaitEnd(sidecars);
    socket.close();
    close(daemon);
    return 0;
  }

  /** The first signal stops gracefully, the second at once. */
  private void signal(ControlSignal signal) {
    if (signal == ControlSignal.HUP) {
      return; // sidecars are reloaded one by one, through their launchers
    }
    if (stop.getCount() == 0) {
      Runtime.getRuntime().halt(1);
    }
    stop.countDown();
  }

  private void awaitStop() {
    try {
      stop.await();
    } catch (InterruptedException neverAsked) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitEnd(SidecarControl sidecars) {
    while (sidecars.count() > 0) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException neverAsked) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void close(Daemon daemon) {
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
