package io.jitney.daemon.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One daemon for a test class; register it as a static field. Sidecars opened in a test are closed
 * after it, those opened before the first test after the last.
 *
 * <pre>{@code
 * @RegisterExtension static final DaemonExtension daemon = DaemonExtension.inProcess();
 * Sidecar a = daemon.open(SidecarSpec.app("a").component("s", "state.in-memory"));
 * }</pre>
 */
public final class DaemonExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  /** Starts a daemon. */
  @FunctionalInterface
  public interface Start {
    TestDaemon start() throws Exception;
  }

  private final Start start;
  private final List<Sidecar> ofClass = new ArrayList<>();
  private final List<Sidecar> ofTest = new ArrayList<>();
  private @Nullable TestDaemon daemon;
  private boolean inTest;
  private int classes;

  public DaemonExtension(Start start) {
    this.start = start;
  }

  /** A daemon in this JVM. */
  public static DaemonExtension inProcess() {
    return new DaemonExtension(InProcessDaemon::new);
  }

  /**
   * The built daemon in a process of its own, each sidecar by {@code bin/daprd}; skips tests where
   * none is built.
   */
  public static DaemonExtension launchers() {
    return new DaemonExtension(LauncherDaemon::start);
  }

  public TestDaemon daemon() {
    TestDaemon running = daemon;
    if (running == null) {
      throw new IllegalStateException("no daemon outside of a test class");
    }
    return running;
  }

  /** Opens a sidecar and sees to its end. */
  public Sidecar open(SidecarSpec spec) {
    try {
      Sidecar sidecar = daemon().open(spec);
      (inTest ? ofTest : ofClass).add(sidecar);
      return sidecar;
    } catch (Exception e) {
      throw new IllegalStateException("can not open " + spec.appId() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (classes++ == 0) { // nested classes come here again
      daemon = start.start();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    inTest = true;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    inTest = false;
    closeAll(ofTest);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    TestDaemon running = daemon;
    if (--classes == 0) {
      closeAll(ofClass);
      if (running != null) {
        running.close();
      }
    }
  }

  private static void closeAll(List<Sidecar> sidecars) {
    sidecars.reversed().forEach(Sidecar::close);
    sidecars.clear();
  }
}
