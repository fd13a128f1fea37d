package io.jitney.daemon.sidecar;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceOpener;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.OpenInstance;
import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.telemetry.InstanceLog;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The instance of a sidecar, from the thread that opens it to its end. All methods are for the
 * sidecar's own thread; what the opening thread has to say comes as events.
 */
final class SidecarInstance {
  private final Supplier<InstanceOpener> opener;
  private final InstanceSettings settings;
  private final InstanceLog log;
  private final BlockingQueue<SidecarEvent> events;
  private final SidecarHost host;
  private @Nullable OpenInstance open;
  private @Nullable Thread opening;

  SidecarInstance(
      Supplier<InstanceOpener> opener,
      InstanceSettings settings,
      InstanceLog log,
      BlockingQueue<SidecarEvent> events,
      SidecarHost host) {
    this.opener = opener;
    this.settings = settings;
    this.log = log;
    this.events = events;
    this.host = host;
  }

  /** The instance, once it serves outbound calls. */
  @Nullable OpenInstance open() {
    return open;
  }

  /** Begins to open it; an Opened or Failed event follows. */
  void start() {
    open = null;
    opening = Thread.ofVirtual().name("sidecar-opening").start(this::openInstance);
  }

  /** The Opened event came. */
  void opened(OpenInstance opened) {
    open = opened;
  }

  /** A Failed event came: nothing is opening any more. */
  void failed() {
    opening = null;
  }

  /** Ends the opening, or the wait for the app, where it is; the event that it owes still comes. */
  void interrupt() {
    if (opening != null) {
      opening.interrupt();
    }
  }

  /** Lets go of everything at once; what is still opening closes itself. */
  void abort() {
    interrupt();
    if (open != null) {
      open.abort();
    } else if (opening != null) {
      Thread.ofVirtual().name("sidecar-abandoned").start(this::abortWhatOpensLate);
    }
  }

  private void openInstance() {
    try {
      OpenInstance opened = opener.get().open(settings, log, this::listen);
      events.add(new SidecarEvent.Opened(opened));
      host.running(opened.instance());
      opened.awaitApp();
    } catch (StartupFailure failure) {
      events.add(new SidecarEvent.Failed(failure));
    } catch (InterruptedException stopped) {
      // The instance is closed by those who interrupted.
    } catch (RuntimeException | LinkageError | StackOverflowError broken) {
      events.add(new SidecarEvent.Failed(new StartupFailure(1, "internal error: " + broken)));
    }
  }

  private void listen(AppInstance instance) {
    instance.onFailure(failure -> events.add(new SidecarEvent.Failed(failure)));
    instance.onShutdownRequest(
        () -> events.add(new SidecarEvent.ShutdownAsked(false)),
        () -> events.add(new SidecarEvent.ShutdownAsked(true)));
    host.opening(instance);
  }

  private void abortWhatOpensLate() {
    try {
      while (true) {
        switch (events.take()) {
          case SidecarEvent.Opened(OpenInstance late) -> {
            late.abort();
            return;
          }
          case SidecarEvent.Failed _ -> {
            return;
          }
          case SidecarEvent.Signalled _,
              SidecarEvent.ShutdownAsked _,
              SidecarEvent.Gone _,
              SidecarEvent.Closed _ -> {}
        }
      }
    } catch (InterruptedException neverAsked) {
      Thread.currentThread().interrupt();
    }
  }
}
