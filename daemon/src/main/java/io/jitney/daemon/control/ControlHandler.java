package io.jitney.daemon.control;

import io.vertx.core.json.JsonObject;

/**
 * What launchers and commands ask of the daemon.
 *
 * <p>Each connection has one {@link LauncherSession}, the same object in every call. Calls for one
 * session come one after the other, on that connection's virtual thread: they may block, but hold
 * up later signals of the same launcher while they do. An exception ends that session with exit
 * code 1 and nothing else.
 */
public interface ControlHandler {
  /**
   * A launcher wants its sidecar. At most once per session, and always first. The session is to be
   * ended with {@link LauncherSession#exit}, whatever becomes of the tenant.
   */
  void open(OpenRequest request, LauncherSession session);

  /** The launcher got a signal. Only after {@link #open}. */
  void signal(ControlSignal signal, LauncherSession session);

  /**
   * A command asks something. To be answered with {@link LauncherSession#json}, or with output and
   * {@link LauncherSession#exit}.
   */
  void request(JsonObject request, LauncherSession session);

  /**
   * The other side is gone (killed, or closed) before {@link LauncherSession#exit} was called. Last
   * call for a session, at most once; a tenant that it opened is to be closed.
   */
  void gone(LauncherSession session);
}
