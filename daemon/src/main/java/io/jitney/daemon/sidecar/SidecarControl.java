package io.jitney.daemon.sidecar;

import io.jitney.daemon.control.ControlHandler;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.control.LauncherSession;
import io.jitney.daemon.control.OpenRequest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Runs a virtual sidecar for each launcher that connects to the node's daemon. */
public final class SidecarControl implements ControlHandler {
  private final NodeSidecars all;
  private final BiConsumer<JsonObject, LauncherSession> commands;
  private final Consumer<LauncherSession> commandGone;
  private final Map<LauncherSession, NodeSidecar> sidecars = new ConcurrentHashMap<>();

  /**
   * @param commands answers requests of the command line
   * @param commandGone told of sessions that have ended, whatever they were
   */
  public SidecarControl(
      NodeSidecars all,
      BiConsumer<JsonObject, LauncherSession> commands,
      Consumer<LauncherSession> commandGone) {
    this.all = all;
    this.commands = commands;
    this.commandGone = commandGone;
  }

  @Override
  public void open(OpenRequest request, LauncherSession session) {
    SessionOutput output = new SessionOutput(session);
    NodeSidecar sidecar =
        all.start(
            NodeSidecar.Origin.LAUNCHER,
            output,
            SidecarHost.NONE,
            request.argv(),
            request.environment(),
            request.workingDirectory());
    sidecars.put(session, sidecar);
    if (output.ended) {
      sidecars.remove(session);
    }
  }

  @Override
  public void signal(ControlSignal signal, LauncherSession session) {
    NodeSidecar sidecar = sidecars.get(session);
    if (sidecar != null) {
      sidecar.signal(signal);
    }
  }

  @Override
  public void request(JsonObject request, LauncherSession session) {
    commands.accept(request, session);
  }

  @Override
  public void gone(LauncherSession session) {
    NodeSidecar sidecar = sidecars.get(session);
    if (sidecar != null) {
      sidecar.gone();
    }
    commandGone.accept(session);
  }

  /** A launcher's standard streams. */
  private final class SessionOutput implements SidecarOutput {
    private final LauncherSession session;
    private volatile boolean ended;

    SessionOutput(LauncherSession session) {
      this.session = session;
    }

    @Override
    public void stdout(byte[] lines) {
      session.stdout(lines);
    }

    @Override
    public void stderr(byte[] lines) {
      session.stderr(lines);
    }

    @Override
    public void exit(int code) {
      session.exit(code);
      ended = true;
      sidecars.remove(session);
    }
  }
}
