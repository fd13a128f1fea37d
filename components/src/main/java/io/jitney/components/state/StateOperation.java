package io.jitney.components.state;

/** One operation of a transaction. */
public sealed interface StateOperation {
  record Upsert(SetRequest request) implements StateOperation {}

  record Delete(DeleteRequest request) implements StateOperation {}
}
