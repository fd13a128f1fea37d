package io.jitney.components.redis;

/** An output that knows how large its answer was. */
public interface SizedOutput {
  /** Bytes of the answer, about. */
  long bytes();
}
