package io.jitney.daemon.sidecar;

import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.flags.GoDuration;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.OpenInstance;
import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.telemetry.InstanceLog;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The graceful end of a sidecar's instance, with daprd's answers to what comes meanwhile. False
 * everywhere means: it was cut off, the reason is in the log, and the exit code is 1.
 */
final class SidecarStop {
  static final String SIGNALS = "dapr.signals";
  private static final String SCOPE = "dapr.runtime";
  private static final String TOO_LATE = "Graceful shutdown timeout exceeded, forcing shutdown";
  private static final long LOOK_MILLIS = 100;

  private final SidecarInstance instance;
  private final InstanceSettings settings;
  private final InstanceLog log;
  private final BlockingQueue<SidecarEvent> events;

  /** Not by the shutdown API: that waits for the clients of streams, as daprd does. */
  private boolean signalled;

  SidecarStop(
      SidecarInstance instance,
      InstanceSettings settings,
      InstanceLog log,
      BlockingQueue<SidecarEvent> events) {
    this.instance = instance;
    this.settings = settings;
    this.log = log;
    this.events = events;
  }

  /** As logs name it. */
  static String word(ControlSignal signal) {
    return switch (signal) {
      case TERM -> "terminated";
      case INT -> "interrupt";
      case HUP -> "hangup";
    };
  }

  /** Stops it, after {@code --dapr-block-shutdown-duration} if that is given. */
  boolean afterSignal() throws InterruptedException {
    signalled = true;
    OpenInstance serving = instance.open();
    boolean go = serving == null || settings.blockShutdown() < 0 || block(serving);
    return go && now();
  }

  /** Stops it within {@code --dapr-graceful-shutdown-seconds}. */
  boolean now() throws InterruptedException {
    instance.interrupt();
    OpenInstance serving = instance.open();
    if (serving != null) {
      close(serving);
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(settings.gracefulShutdownSeconds());
    while (true) {
      switch (next(end)) {
        case null -> { // a component that does not let itself be interrupted while it opens
          log.log(InstanceLog.Level.FATAL, SCOPE, TOO_LATE);
          instance.abort();
          return false;
        }
        case SidecarEvent.Opened(OpenInstance late) -> {
          instance.opened(late);
          close(late);
        }
        case SidecarEvent.Failed _ -> {
          instance.failed();
          if (instance.open() == null) {
            return true;
          }
        }
        case SidecarEvent.Closed(boolean withinGrace) -> {
          if (!withinGrace) {
            log.log(InstanceLog.Level.FATAL, SCOPE, TOO_LATE);
          }
          return withinGrace;
        }
        case SidecarEvent.Signalled(ControlSignal signal) -> {
          if (impatient(signal)) {
            return false;
          }
        }
        case SidecarEvent.ShutdownAsked(boolean forced) -> {
          if (forced) {
            force();
            return false;
          }
        }
        case SidecarEvent.Gone _ -> {
          instance.abort();
          return false;
        }
      }
    }
  }

  /** What happens next; null when an instance that still opens has had its time. */
  private @Nullable SidecarEvent next(long end) throws InterruptedException {
    boolean limited = instance.open() == null && settings.gracefulShutdownSeconds() > 0;
    return limited
        ? events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS)
        : events.take(); // the instance keeps the time itself
  }

  private void close(OpenInstance closing) {
    Duration grace = Duration.ofSeconds(settings.gracefulShutdownSeconds());
    log.debug(SCOPE, "Graceful shutdown timeout: " + GoDuration.text(grace));
    (signalled ? closing.close() : closing.closeAfterStreams())
        .onComplete(done -> events.add(new SidecarEvent.Closed(done.succeeded() && done.result())));
  }

  /** Goes on serving until the time is over or the app is unhealthy. */
  private boolean block(OpenInstance serving) throws InterruptedException {
    Duration limit = Duration.ofMillis(settings.blockShutdown());
    log.info(
        SCOPE,
        "Blocking graceful shutdown for "
            + GoDuration.text(limit)
            + " or until app reports unhealthy...");
    serving.instance().health().notReady("security-provider");
    serving.instance().subscriptions().pauseFirst();
    serving.instance().life().end();
    serving.instance().subscriptions().endStreams();
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      if (!appIsHealthy(serving.instance())) {
        log.info(SCOPE, "App reported unhealthy, entering shutdown...");
        return true;
      }
      switch (events.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        case SidecarEvent.Signalled(ControlSignal signal) -> {
          if (impatient(signal)) {
            return false;
          }
        }
        case SidecarEvent.ShutdownAsked(boolean forced) -> {
          if (forced) {
            force();
          }
          return !forced;
        }
        case SidecarEvent.Gone _ -> {
          instance.abort();
          return false;
        }
        case SidecarEvent.Failed(StartupFailure failure) -> {
          instance.abort();
          log.log(InstanceLog.Level.FATAL, SCOPE, failure.line());
          return false;
        }
        case SidecarEvent.Opened _, SidecarEvent.Closed _ -> {}
        case null -> {}
      }
    }
    log.info(SCOPE, "Block shutdown period expired, entering shutdown...");
    return true;
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
    instance.abort();
    return true;
  }

  /** Cuts it off, once the answer to the shutdown call is out. */
  void force() throws InterruptedException {
    Thread.sleep(LOOK_MILLIS);
    log.warn(SCOPE, "Force shutdown requested via API, exiting immediately");
    instance.abort();
  }
}
