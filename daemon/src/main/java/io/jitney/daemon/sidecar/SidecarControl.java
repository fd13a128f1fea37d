package io.jitney.daemon.sidecar;

import io.jitney.daemon.control.ControlHandler;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.control.LauncherSession;
import io.jitney.daemon.control.OpenRequest;
import io.jitney.daemon.instance.InstanceOpener;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** Runs a virtual sidecar for each launcher that connects to the node's daemon. */
public final class SidecarControl implements ControlHandler {
  private final InstanceOpener opener;
  private final BiConsumer<JsonObject, LauncherSession> commands;
  private final Map<LauncherSession, Sidecar> sidecars = new ConcurrentHashMap<>();
  private volatile boolean closing;

  /**
   * @param commands answers requests of the command line
   */
  public SidecarControl(InstanceOpener opener, BiConsumer<JsonObject, LauncherSession> commands) {
    this.opener = opener;
    this.commands = commands;
  }

  @Override
  public void open(OpenRequest request, LauncherSession session) {
    Sidecar sidecar =
        new Sidecar(
            () -> opener,
            new SessionOutput(session),
            request.argv(),
            request.environment(),
            request.workingDirectory());
    sidecars.put(session, sidecar);
    sidecar.start();
    if (closing) { // it came while the others were told
      sidecar.signal(ControlSignal.TERM);
    }
  }

  @Override
  public void signal(ControlSignal signal, LauncherSession session) {
    Sidecar sidecar = sidecars.get(session);
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
    Sidecar sidecar = sidecars.get(session);
    if (sidecar != null) {
      sidecar.gone();
    }
  }

  /** Sidecars that have not ended. */
  public int count() {
    return sidecars.size();
  }

  /** Stops all sidecars as a signal to each of them would; they end in their own time. */
  public void stopAll() {
    closing = true;
    sidecars.values().forEach(sidecar -> sidecar.signal(ControlSignal.TERM));
  }

  /** A launcher's standard streams. */
  private final class SessionOutput implements SidecarOutput {
    private final LauncherSession session;

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
      sidecars.remove(session);
    }
  }
}
