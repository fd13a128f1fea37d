package io.jitney.daemon.apps;

import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.wake.Sleeper;
import io.jitney.daemon.wake.Sleepers;
import io.jitney.daemon.wake.WakeRule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One app of the apps files while it is declared: kept running, opened again after a failure with
 * growing pauses, and replaced when its declaration changes. The new instance takes over before the
 * old one drains, so that no call finds none; only where it has ports of its own must the old one
 * end first.
 *
 * <p>All methods on the one thread of {@link DeclaredApps}.
 */
final class DeclaredApp {
  /** How an app is doing, for commands and metrics. */
  enum State {
    OPENING,
    RUNNING,
    FAILED,
    CLOSING
  }

  /** What all declared apps share. */
  record Node(
      NodeSidecars sidecars,
      ScheduledExecutorService thread,
      Map<String, String> environment,
      Sleepers sleepers,
      @Nullable Path resources,
      Consumer<String> log) {}

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Node node;
  private AppResource resource;
  private @Nullable AppRun current;
  private @Nullable AppRun next;
  private @Nullable Future<?> retry;
  private boolean closing;
  private int failures;
  private String reason = "";

  DeclaredApp(Node node, AppResource resource) {
    this.node = node;
    this.resource = resource;
  }

  AppResource resource() {
    return resource;
  }

  State state() {
    if (closing) {
      return State.CLOSING;
    }
    if (current != null) {
      return State.RUNNING;
    }
    return failures > 0 ? State.FAILED : State.OPENING;
  }

  /** As commands print it: an app that scales to zero may be away while all is well. */
  DeclaredApps.Status status() {
    String word = state().name().toLowerCase(Locale.ROOT);
    String why = reason;
    Sleeper sleeper = node.sleepers().of(resource.id());
    Sleeper.Status its = sleeper == null ? null : sleeper.status();
    if (state() == State.RUNNING && its != null) {
      word = its.state();
      why = its.reason();
    }
    return new DeclaredApps.Status(resource.id(), resource.file().toString(), word, why, its);
  }

  private @Nullable Sleeper sleeper() {
    WakeRule rule = resource.scaleToZero();
    if (rule == null) {
      node.sleepers().undeclare(resource.id());
      return null;
    }
    return node.sleepers().declare(resource.id(), rule, node.environment());
  }

  /** Why the last attempt failed; "" when it did not. Free of secrets. */
  String reason() {
    return reason;
  }

  void open() {
    retry = null;
    if (closing || next != null) {
      return;
    }
    AppRun run = new AppRun(resource, sleeper(), this::running, this::ended);
    AppRun.Tokens tokens;
    try {
      tokens = new AppRun.Tokens(read(resource.apiToken()), read(tokenOfApp()));
    } catch (IOException unreadable) {
      failed("cannot read a token: " + unreadable.getMessage());
      return;
    }
    next = run;
    run.start(node.sidecars(), tokens, node.resources());
  }

  private @Nullable SecretReference tokenOfApp() {
    AppResource.Target app = resource.app();
    return app == null ? null : app.token();
  }

  private String read(@Nullable SecretReference reference) throws IOException {
    return reference == null ? "" : reference.read(node.environment());
  }

  /** Takes a new declaration; true when the app is opened anew for it. */
  boolean change(AppResource wanted) {
    boolean live = resource.needsNoReopen(wanted);
    boolean portsBefore = resource.hasOwnPorts();
    resource = wanted;
    if (live) {
      sleeper(); // takes the new rule
      return false;
    }
    cancelRetry();
    failures = 0;
    reason = "";
    AppRun outdated = next;
    next = null;
    if (outdated != null) {
      outdated.stop();
    }
    if (current != null && (portsBefore || wanted.hasOwnPorts())) {
      current.stop(); // its end opens the new one
    } else {
      open();
    }
    return true;
  }

  /** Ends gracefully. */
  void close() {
    closing = true;
    node.sleepers().undeclare(resource.id());
    cancelRetry();
    if (next != null) {
      next.stop();
    }
    if (current != null) {
      current.stop();
    }
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel(false);
      retry = null;
    }
  }

  private void running(AppRun run) {
    onThread(
        () -> {
          if (run != next) {
            return;
          }
          AppRun old = current;
          current = run;
          next = null;
          failures = 0;
          reason = "";
          if (old != null) {
            old.stop();
          }
        });
  }

  private void ended(AppRun run, int code) {
    onThread(
        () -> {
          if (run == next) {
            next = null;
            failed(run.lastLine().isEmpty() ? "exit code " + code : run.lastLine());
          } else if (run == current) {
            current = null;
            if (closing) {
              return;
            }
            if (run.stopping()) {
              open();
            } else {
              failed(
                  "ended with exit code "
                      + code); // by the shutdown API, say: a supervisor would start it again
            }
          }
        });
  }

  private void failed(String why) {
    if (closing) {
      return;
    }
    failures++;
    reason = why;
    long pause =
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(10, failures - 1));
    String kept = current == null ? "" : ", what ran before goes on";
    node.log()
        .accept(
            "app "
                + resource.id()
                + " failed to open, trying again in "
                + pause
                + " ms"
                + kept
                + ": "
                + why);
    cancelRetry();
    retry = node.thread().schedule(this::open, pause, TimeUnit.MILLISECONDS);
  }

  private void onThread(Runnable event) {
    try {
      node.thread().execute(event);
    } catch (RejectedExecutionException stopped) {
      // The daemon stops: nothing is opened any more.
    }
  }
}
