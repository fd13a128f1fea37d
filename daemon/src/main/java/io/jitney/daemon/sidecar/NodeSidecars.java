package io.jitney.daemon.sidecar;

import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.instance.InstanceOpener;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All sidecars of the node's daemon, whoever wants them. Threads: any. */
public final class NodeSidecars {
  private final InstanceOpener opener;
  private final Set<NodeSidecar> sidecars = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  public NodeSidecars(InstanceOpener opener) {
    this.opener = opener;
  }

  /**
   * Starts one.
   *
   * @param output gets its output; its {@code exit} is the end
   * @param arguments daprd's, without the program's name
   * @param environment of the process that the sidecar stands for
   * @param folder its working directory, absolute
   */
  public NodeSidecar start(
      NodeSidecar.Origin origin,
      SidecarOutput output,
      SidecarHost host,
      List<String> arguments,
      Map<String, String> environment,
      Path folder) {
    NodeSidecar sidecar =
        new NodeSidecar(
            origin, opener, output, host, arguments, environment, folder, sidecars::remove);
    sidecars.add(sidecar);
    sidecar.start();
    if (closing) { // it came while the others were told
      sidecar.signal(ControlSignal.TERM);
    }
    return sidecar;
  }

  /** Those that have not ended; a copy. */
  public Collection<NodeSidecar> all() {
    return List.copyOf(sidecars);
  }

  /** Sidecars that have not ended. */
  public int count() {
    return sidecars.size();
  }

  /** Stops all as a signal to each of them would; they end in their own time. */
  public void stopAll() {
    closing = true;
    sidecars.forEach(sidecar -> sidecar.signal(ControlSignal.TERM));
  }
}
