package io.jitney.loadtest.plan;

import java.util.List;

/**
 * What the apps' process is to be.
 *
 * @param ports of apps that answer
 * @param deadPorts of apps that accept and never say anything
 * @param proxies in front of stores
 */
public record AppPlan(List<Integer> ports, List<Integer> deadPorts, List<Proxy> proxies) {

  /** Forwards to a port of this machine, each direction late by the same time. */
  public record Proxy(int port, int targetPort, int delayMillis) {}
}
