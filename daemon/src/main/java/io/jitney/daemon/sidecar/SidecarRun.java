package io.jitney.daemon.sidecar;

import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.flags.GoDuration;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceOpener;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.OpenInstance;
import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.telemetry.InstanceLog;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The part of a sidecar's life in which it has an instance: opens it, waits for events, closes it, opens it again. */
final class SidecarRun {
  private static final String SCOPE = "dapr.runtime";
  private static final String SIGNALS = "dapr.signals";
  private static final String TOO_LATE = "Graceful shutdown timeout exceeded, forcing shutdown";

  /** How a step of that life ended. */
  private enum Ending {
    GRACEFUL,
    /** Exit code 1; the reason is in the log. */
    FORCED
  }

  private final Supplier<InstanceOpener> opener;
  private final InstanceSettings settings;
  private final InstanceLog log;
  private final BlockingQueue<SidecarEvent> events;
  private final SidecarHost host;
  private @Nullable OpenInstance open;
  private @Nullable Thread opening;

  SidecarRun(
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

  /** Opens, serves, closes; returns daprd's exit code. */
  int untilExit() throws InterruptedException {
    open();
    while (true) {
      switch (events.take()) {
        case SidecarEvent.Opened(OpenInstance opened) -> open = opened;
        case SidecarEvent.Failed(StartupFailure failure) -> {
          opening = null;
          abort();
          log.log(InstanceLog.Level.FATAL, SCOPE, failure.line());
          return failure.exitCode();
        }
        case SidecarEvent.Signalled(ControlSignal signal) -> {
          boolean again = signal == ControlSignal.HUP;
          log.info(
              SIGNALS,
              "Received signal '" + word(signal) + "'; " + (again ? "restarting" : "beginning shutdown"));
          if (stop(true) == Ending.FORCED) {
            return 1;
          }
          if (!again) {
            return gracefully();
          }
          open();
        }
        case SidecarEvent.ShutdownAsked(boolean forced) -> {
          if (forced) {
            return force();
          }
          return stop(false) == Ending.GRACEFUL ? gracefully() : 1;
        }
        case SidecarEvent.Gone _ -> {
          abort();
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

  /** The answer to the shutdown call gets out first. */
  private int force() throws InterruptedException {
    Thread.sleep(100);
    log.warn(SCOPE, "Force shutdown requested via API, exiting immediately");
    abort();
    return 1;
  }

  private void open() {
    open = null;
    opening = Thread.ofVirtual().name("sidecar-opening").start(this::openInstance);
  }

  private void openInstance() {
    OpenInstance opened;
    try {
      opened = opener.get().open(settings, log, this::listen);
    } catch (StartupFailure failure) {
      events.add(new SidecarEvent.Failed(failure));
      return;
    } catch (RuntimeException broken) {
      events.add(new SidecarEvent.Failed(new StartupFailure(1, "internal error: " + broken)));
      return;
    }
    events.add(new SidecarEvent.Opened(opened));
    host.running(opened.instance());
    try {
      opened.awaitApp();
    } catch (InterruptedException stopped) {
      // The instance is closed by those who interrupted.
    }
  }

  private void listen(AppInstance instance) {
    instance.onFailure(failure -> events.add(new SidecarEvent.Failed(failure)));
    instance.onShutdownRequest(
        () -> events.add(new SidecarEvent.ShutdownAsked(false)),
        () -> events.add(new SidecarEvent.ShutdownAsked(true)));
    host.opening(instance);
  }

  /** Graceful end of the instance, with daprd's answers to what comes meanwhile. */
  private Ending stop(boolean mayBlock) throws InterruptedException {
    if (mayBlock && open != null && settings.blockShutdown() >= 0 && block(open) == Ending.FORCED) {
      return Ending.FORCED;
    }
    if (opening != null) {
      opening.interrupt();
    }
    OpenInstance closing = open;
    if (closing != null) {
      close(closing);
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(settings.gracefulShutdownSeconds());
    while (true) {
      boolean limited = open == null && settings.gracefulShutdownSeconds() > 0;
      SidecarEvent event =
          limited ? events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS) : events.take();
      if (event == null) { // a component that does not let itself be interrupted while it opens
        log.log(InstanceLog.Level.FATAL, SCOPE, TOO_LATE);
        abort();
        return Ending.FORCED;
      }
      switch (event) {
        case SidecarEvent.Opened(OpenInstance late) -> {
          open = late;
          close(late);
        }
        case SidecarEvent.Failed _ -> {
          opening = null;
          if (open == null) {
            return Ending.GRACEFUL;
          }
        }
        case SidecarEvent.Closed(boolean withinGrace) -> {
          if (!withinGrace) {
            log.log(InstanceLog.Level.FATAL, SCOPE, TOO_LATE);
            return Ending.FORCED;
          }
          return Ending.GRACEFUL;
        }
        case SidecarEvent.Signalled(ControlSignal signal) -> {
          if (impatient(signal)) {
            return Ending.FORCED;
          }
        }
        case SidecarEvent.ShutdownAsked(boolean forced) -> {
          if (forced) {
            force();
            return Ending.FORCED;
          }
        }
        case SidecarEvent.Gone _ -> {
          abort();
          return Ending.FORCED;
        }
      }
    }
  }

  private void close(OpenInstance closing) {
    log.debug(
        SCOPE,
        "Graceful shutdown timeout: "
            + GoDuration.text(Duration.ofSeconds(settings.gracefulShutdownSeconds())));
    Future<Boolean> closed = closing.close();
    closed.onComplete(done -> events.add(new SidecarEvent.Closed(done.succeeded() && done.result())));
  }

  /** Goes on serving until the time is over or the app is unhealthy ({@code --dapr-block-shutdown-duration}). */
  private Ending block(OpenInstance serving) throws InterruptedException {
    Duration limit = Duration.ofMillis(settings.blockShutdown());
    log.info(
        SCOPE, "Blocking graceful shutdown for " + GoDuration.text(limit) + " or until app reports unhealthy...");
    serving.instance().health().notReady("security-provider");
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      if (!appIsHealthy(serving.instance())) {
        log.info(SCOPE, "App reported unhealthy, entering shutdown...");
        return Ending.GRACEFUL;
      }
      SidecarEvent event = events.poll(100, TimeUnit.MILLISECONDS);
      if (event == null) {
        continue;
      }
      switch (event) {
        case SidecarEvent.Signalled(ControlSignal signal) -> {
          if (impatient(signal)) {
            return Ending.FORCED;
          }
        }
        case SidecarEvent.ShutdownAsked(boolean forced) -> {
          if (forced) {
            force();
            return Ending.FORCED;
          }
          return Ending.GRACEFUL;
        }
        case SidecarEvent.Gone _ -> {
          abort();
          return Ending.FORCED;
        }
        case SidecarEvent.Failed(StartupFailure failure) -> {
          abort();
          log.log(InstanceLog.Level.FATAL, SCOPE, failure.line());
          return Ending.FORCED;
        }
        case SidecarEvent.Opened _ -> {}
        case SidecarEvent.Closed _ -> {}
      }
    }
    log.info(SCOPE, "Block shutdown period expired, entering shutdown...");
    return Ending.GRACEFUL;
  }

  private static boolean appIsHealthy(AppInstance instance) {
    if (instance.health().unready().contains("runtime")) {
      return false;
    }
    AppChannel channel = instance.channel();
    return channel == null || channel.healthy();
  }

  /** A second signal to stop ends the sidecar at once; SIGHUP means nothing any more. */
  private boolean impatient(ControlSignal signal) {
    if (signal == ControlSignal.HUP) {
      return false;
    }
    log.log(
        InstanceLog.Level.FATAL,
        SIGNALS,
        "Received signal '" + word(signal) + "' during shutdown; exiting immediately");
    abort();
    return true;
  }

  /** Lets go of everything at once; what is still opening closes itself. */
  private void abort() {
    OpenInstance cut = open;
    if (cut != null) {
      cut.abort();
    }
    Thread stop = opening;
    if (stop != null) {
      stop.interrupt();
      if (cut == null) {
        Thread.ofVirtual().name("sidecar-abandoned").start(this::abortWhatOpensLate);
      }
    }
  }

  private void abortWhatOpensLate() {
    try {
      SidecarEvent event = events.take();
      while (!(event instanceof SidecarEvent.Failed)) {
        if (event instanceof SidecarEvent.Opened(OpenInstance late)) {
          late.abort();
          return;
        }
        event = events.take();
      }
    } catch (InterruptedException neverAsked) {
      Thread.currentThread().interrupt();
    }
  }

  private static String word(ControlSignal signal) {
    return switch (signal) {
      case TERM -> "terminated";
      case INT -> "interrupt";
      case HUP -> "hangup";
    };
  }
}
