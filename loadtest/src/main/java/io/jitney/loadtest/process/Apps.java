package io.jitney.loadtest.process;

import io.jitney.loadtest.Main;
import io.jitney.loadtest.plan.AppPlan;
import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.scenario.Load;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The processes of the apps: one for the victims', one for the aggressors' and for slow stores. */
final class Apps {
  private final Children children;
  private final List<Process> starting = new ArrayList<>();
  private int firstPort;

  Apps(Children children) {
    this.children = children;
  }

  /** Of the first victim. */
  int firstPort() {
    return firstPort;
  }

  void start(Environment.Order order, Map<String, Integer> ports, int slowPort, int redisPort)
      throws IOException, LoadTestFailure {
    List<Integer> victims = new ArrayList<>();
    List<Integer> aggressors = new ArrayList<>();
    List<Integer> dead = new ArrayList<>();
    boolean slow = false;
    for (TenantSpec tenant : order.tenants()) {
      if (tenant.isReceiver()) {
        continue;
      }
      int port = ports.getOrDefault(tenant.appId(), 0);
      if (tenant.app() == Load.App.DEAD) {
        dead.add(port);
      } else {
        (tenant.aggressor() ? aggressors : victims).add(port);
      }
      slow |= tenant.store() == Load.Store.SLOW;
    }
    List<AppPlan.Proxy> proxies =
        slow
            ? List.of(new AppPlan.Proxy(slowPort, redisPort, order.storeDelayMillis()))
            : List.of();
    firstPort = victims.isEmpty() ? 0 : victims.getFirst();
    start("apps", Cores.Role.OTHER, new AppPlan(victims, List.of(), List.of()));
    if (!aggressors.isEmpty() || !dead.isEmpty() || slow) {
      start("aggressor-apps", Cores.Role.AGGRESSOR, new AppPlan(aggressors, dead, proxies));
    }
    for (Process process : starting) {
      BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
      if (said.readLine() == null) {
        throw new LoadTestFailure("the apps do not start: " + children.lastLines("apps"));
      }
    }
  }

  /** From now on stores behind proxies are slow. */
  void slowDown() throws IOException {
    for (Process process : starting) {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }
  }

  private void start(String name, Cores.Role role, AppPlan plan) throws IOException {
    Path file = children.folder().resolve(name + ".json");
    Json.write(file, plan);
    starting.add(
        children.startPiped(name, role, JavaCommand.of(Main.APP, "256m", file.toString())));
  }
}
