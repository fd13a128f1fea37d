package io.jitney.daemon.health;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Readiness of one instance: named targets that each must be ready, as daprd's healthz names them,
 * and outbound readiness apart. Thread-safe.
 */
public final class InstanceHealth {
  private final Map<String, Boolean> targets = new ConcurrentSkipListMap<>();
  private volatile boolean outboundReady;
  private volatile boolean appWasHealthy;

  /** Adds a target that is not ready yet. */
  public void add(String target) {
    targets.put(target, false);
  }

  public void ready(String target) {
    targets.put(target, true);
  }

  public void notReady(String target) {
    targets.put(target, false);
  }

  /** Names of targets that are not ready, in order. */
  public List<String> unready() {
    return targets.entrySet().stream()
        .filter(target -> !target.getValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  public boolean outboundReady() {
    return outboundReady;
  }

  public void outboundReady(boolean ready) {
    outboundReady = ready;
  }

  /** Whether the app's health check has succeeded at least once. */
  public boolean appWasHealthy() {
    return appWasHealthy;
  }

  /** A health check of the app succeeded. */
  public void appSeenHealthy() {
    appWasHealthy = true;
  }
}
