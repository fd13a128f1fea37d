package io.jitney.daemon.telemetry;

/**
 * Where finished log lines go. Never blocks and never fails towards its caller: what cannot be kept
 * is dropped and counted. May be called from any thread.
 */
public interface LogSink {
  /**
   * @param line one or more whole lines with their line ends; the array is given away
   */
  void write(byte[] line);

  /**
   * Writes out what is waiting, for at most a second, and lets go of the file. Blocks for that
   * time; lines written after it are lost.
   */
  default void close() {}
}
