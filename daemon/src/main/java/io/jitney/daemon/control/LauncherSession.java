package io.jitney.daemon.control;

import io.vertx.core.json.JsonObject;

/**
 * The daemon's end of one launcher or command. All methods may be called from any thread, event
 * loops included: none blocks. What is written waits in a bounded queue; of a launcher that reads
 * too slowly the oldest log output is dropped, and it is told how many lines. After {@link #exit},
 * or when the other side is gone, all methods do nothing.
 */
public interface LauncherSession {
  /**
   * Bytes for the launcher's stdout.
   *
   * @param lines whole lines, with their line ends; the array is not copied
   */
  void stdout(byte[] lines);

  /**
   * Bytes for the launcher's stderr.
   *
   * @param lines whole lines, with their line ends; the array is not copied
   */
  void stderr(byte[] lines);

  /**
   * The answer to a request. Never dropped; a client that does not read its answers is
   * disconnected.
   */
  void json(JsonObject answer);

  /**
   * Ends the session: what is queued is written first, for up to one second, then the code.
   *
   * @param code the launcher's exit code, 0 to 255
   */
  void exit(int code);

  /** False as soon as the session has ended or the other side is gone. */
  boolean isOpen();
}
