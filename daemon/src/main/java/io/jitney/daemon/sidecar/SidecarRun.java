package io.jitney.daemon.sidecar;

import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.instance.OpenInstance;
import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.telemetry.InstanceLog;
import java.util.concurrent.BlockingQueue;

/**
 * The part of a sidecar's life in which it has an instance: opens it, waits for what happens,
 * closes it, and opens it again after SIGHUP.
 */
final class SidecarRun {
  private static final String SCOPE = "dapr.runtime";

  private final SidecarInstance instance;
  private final SidecarStop stop;
  private final InstanceLog log;
  private final BlockingQueue<SidecarEvent> events;

  SidecarRun(
      SidecarInstance instance,
      SidecarStop stop,
      InstanceLog log,
      BlockingQueue<SidecarEvent> events) {
    this.instance = instance;
    this.stop = stop;
    this.log = log;
    this.events = events;
  }

  /** Opens, serves, closes; returns daprd's exit code. */
  int untilExit() throws InterruptedException {
    instance.start();
    while (true) {
      switch (events.take()) {
        case SidecarEvent.Opened(OpenInstance opened) -> instance.opened(opened);
        case SidecarEvent.Failed(StartupFailure failure) -> {
          instance.failed();
          instance.abort();
          log.log(InstanceLog.Level.FATAL, SCOPE, failure.line());
          return failure.exitCode();
        }
        case SidecarEvent.Signalled(ControlSignal signal) -> {
          boolean again = signal == ControlSignal.HUP;
          log.info(
              SidecarStop.SIGNALS,
              "Received signal '"
                  + SidecarStop.word(signal)
                  + "'; "
                  + (again ? "restarting" : "beginning shutdown"));
          if (!stop.afterSignal()) {
            return 1;
          }
          if (!again) {
            return gracefully();
          }
          instance.start();
        }
        case SidecarEvent.ShutdownAsked(boolean forced) -> {
          if (forced) {
            stop.force();
            return 1;
          }
          return stop.now() ? gracefully() : 1;
        }
        case SidecarEvent.Gone _ -> {
          instance.abort();
          return 1;
        }
        case SidecarEvent.Closed _ -> {} // of an instance that was cut off
      }
    }
  }

  private int gracefully() {
    log.info(SCOPE, "Daprd shutdown gracefully");
    return 0;
  }
}
