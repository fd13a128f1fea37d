package io.jitney.daemon.testing;

/** A daemon that opens sidecars for tests. */
public interface TestDaemon extends AutoCloseable {
  /** Opens a sidecar; returns when its API is ready for calls from the app. */
  Sidecar open(SidecarSpec spec) throws Exception;

  @Override
  void close();
}
