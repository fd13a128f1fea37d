package io.jitney.daemon.sidecar;

/**
 * The outside of a virtual sidecar: what a process's standard streams and exit are. No method
 * blocks.
 */
public interface SidecarOutput {
  /** Whole lines; the array is given away. */
  void stdout(byte[] lines);

  /** Whole lines; the array is given away. */
  void stderr(byte[] lines);

  /** The end; nothing is written after it. */
  void exit(int code);
}
