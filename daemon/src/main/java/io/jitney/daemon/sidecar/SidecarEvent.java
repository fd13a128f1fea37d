package io.jitney.daemon.sidecar;

import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.instance.OpenInstance;
import io.jitney.daemon.instance.StartupFailure;

/** What can happen to a virtual sidecar. */
sealed interface SidecarEvent {
  /** The instance serves outbound calls. */
  record Opened(OpenInstance open) implements SidecarEvent {}

  /** The instance cannot open, or cannot go on. */
  record Failed(StartupFailure failure) implements SidecarEvent {}

  /** A signal to the process that this sidecar stands for. */
  record Signalled(ControlSignal signal) implements SidecarEvent {}

  /** The shutdown API was called. */
  record ShutdownAsked(boolean forced) implements SidecarEvent {}

  /** The launcher was killed: nobody waits for an exit code. */
  record Gone() implements SidecarEvent {}

  /** The instance is closed. */
  record Closed(boolean withinGrace) implements SidecarEvent {}
}
