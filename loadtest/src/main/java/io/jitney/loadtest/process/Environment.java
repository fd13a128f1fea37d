package io.jitney.loadtest.process;

import io.jitney.loadtest.plan.WorkerPlan.ReceiverPlan;
import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.jitney.loadtest.scenario.Events;
import io.jitney.loadtest.scenario.Load;
import io.jitney.loadtest.scenario.Side;
import io.jitney.loadtest.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A run's world: Redis, apps, the daemon or daemons that are measured, a sidecar for each tenant.
 */
public final class Environment implements AutoCloseable {
  /** Name of every tenant's state store. */
  public static final String STORE = ComponentFiles.STORE;

  private static final int START_SECONDS = 90;
  private static final int STARTED_AT_ONCE = 20;

  private final Children children;
  private final Ports ports = new Ports();
  private final Programs programs;
  private final Side side;
  private final Map<String, Sidecar> sidecars = new LinkedHashMap<>();
  private final List<Process> measured = new ArrayList<>();
  private final List<Process> launchers = new ArrayList<>();
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final Map<String, List<String>> commands = new LinkedHashMap<>();
  private final Map<String, ReceiverPlan> receivers = new LinkedHashMap<>();
  private final List<TenantSpec> tenants = new ArrayList<>();
  private final Apps apps;
  private final Probing probing = new Probing();
  private final RedisServer redis;
  private List<String> daemonCommand = List.of();
  private int adminPort;
  private int victimAppPort;

  private Environment(Children children, Programs programs, Side side, RedisServer redis) {
    this.children = children;
    this.programs = programs;
    this.side = side;
    this.redis = redis;
    apps = new Apps(children);
  }

  /**
   * What a world is made of.
   *
   * @param policies TenantPolicy documents; empty: none
   * @param storeDelayMillis of the slow store, each direction
   */
  public record Order(Side side, List<TenantSpec> tenants, String policies, int storeDelayMillis) {}

  /** Starts all of it; what was started is the caller's {@code children}'s to end. */
  public static Environment open(Children children, Programs programs, Order order)
      throws IOException, LoadTestFailure, InterruptedException {
    Ports first = new Ports();
    RedisServer redis = RedisServer.start(children, first);
    Environment environment = new Environment(children, programs, order.side(), redis);
    environment.start(order);
    return environment;
  }

  private void start(Order order) throws IOException, LoadTestFailure, InterruptedException {
    Map<String, Integer> appPorts = new LinkedHashMap<>();
    for (TenantSpec tenant : order.tenants()) {
      appPorts.put(tenant.appId(), ports.next());
    }
    for (TenantSpec tenant : order.tenants()) {
      if (tenant.isReceiver()) {
        receivers.put(
            tenant.publisher(),
            new ReceiverPlan(
                appPorts.getOrDefault(tenant.appId(), 0),
                Topics.of(tenant.publisher()),
                tenant.events().subscriber()));
      }
    }
    tenants.addAll(order.tenants());
    int slowPort = ports.next();
    apps.start(order, appPorts, slowPort, redis.port());
    victimAppPort = apps.firstPort();
    if (victimAppPort == 0 && !receivers.isEmpty()) {
      victimAppPort = receivers.values().iterator().next().port();
    }
    boolean kafka =
        tenants.stream().anyMatch(tenant -> tenant.events().broker() == Events.Broker.KAFKA);
    ComponentFiles components =
        new ComponentFiles(children.folder(), redis.port(), slowPort, kafka ? kafka() : "");
    if (!side.isProcessPerTenant()) {
      startDaemon(order);
    }
    for (TenantSpec tenant : tenants) {
      Path resources = components.of(tenant.store(), tenant.events());
      prepareSidecar(tenant, appPorts.getOrDefault(tenant.appId(), 0), resources);
    }
    startSidecars();
  }

  private String kafka() throws IOException, LoadTestFailure, InterruptedException {
    return programs.kafka().isEmpty() ? KafkaServer.start(children, ports) : programs.kafka();
  }

  private void startSidecars() throws IOException, LoadTestFailure, InterruptedException {
    List<TenantSpec> waiting = new ArrayList<>();
    for (TenantSpec tenant : tenants) {
      startSidecar(tenant);
      waiting.add(tenant);
      if (waiting.size() == STARTED_AT_ONCE) {
        awaitReady(waiting);
      }
    }
    awaitReady(waiting);
  }

  /**
   * Ends what is measured with signal 9 and starts it again, and the launchers that have ended with
   * it, as whoever supervises them does.
   */
  public void killAndRestart() throws IOException, LoadTestFailure, InterruptedException {
    for (Process process : measured) {
      process.destroyForcibly();
    }
    for (Process process : List.copyOf(measured)) {
      process.waitFor();
    }
    measured.clear();
    if (!side.isProcessPerTenant()) {
      startDaemon();
    }
    for (Process launcher : launchers) {
      if (!launcher.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
        throw new LoadTestFailure("a launcher stays when its daemon is gone");
      }
    }
    launchers.clear();
    startSidecars();
  }

  private void startDaemon(Order order) throws IOException, LoadTestFailure, InterruptedException {
    adminPort = ports.next();
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.jitney().toString(),
                "daemon",
                "--http-port=off",
                "--grpc-port=off",
                "--admin-port=" + adminPort));
    if (side == Side.OFF) {
      command.add("--isolation=off");
    }
    if (!order.policies().isEmpty()) {
      Path policies = children.folder().resolve("policies.yaml");
      Files.writeString(policies, order.policies());
      command.add("--policies=" + policies);
    }
    daemonCommand = List.copyOf(command);
    startDaemon();
  }

  private void startDaemon() throws IOException, LoadTestFailure, InterruptedException {
    Process daemon = children.start("daemon", Cores.Role.MEASURED, socket(), daemonCommand);
    measured.add(daemon);
    await("the daemon", "daemon", daemon, () -> probing.status(adminPort, "/readyz") == 200);
  }

  private Map<String, String> socket() {
    // With private daemons and peers nobody listens there.
    return Map.of("JITNEY_SOCKET", children.folder().resolve("daemon.sock").toString());
  }

  private void prepareSidecar(TenantSpec tenant, int appPort, Path resources)
      throws IOException, LoadTestFailure {
    Path program = side == Side.PEER ? peer() : programs.daprd();
    Sidecar sidecar = new Sidecar(tenant.appId(), ports.next(), ports.next());
    sidecars.put(tenant.appId(), sidecar);
    commands.put(
        tenant.appId(),
        List.of(
            program.toString(),
            "--app-id=" + tenant.appId(),
            "--app-port=" + appPort,
            "--app-protocol=http",
            "--dapr-http-port=" + sidecar.httpPort(),
            "--dapr-grpc-port=" + sidecar.grpcPort(),
            "--dapr-internal-grpc-port=" + ports.next(),
            "--metrics-port=" + ports.next(),
            "--dapr-listen-addresses=127.0.0.1",
            "--resources-path=" + resources));
  }

  private void startSidecar(TenantSpec tenant) throws IOException {
    List<String> command = commands.getOrDefault(tenant.appId(), List.of());
    Cores.Role role = side.isProcessPerTenant() ? Cores.Role.MEASURED : Cores.Role.OTHER;
    Process process = children.start(log(tenant), role, socket(), command);
    (side.isProcessPerTenant() ? measured : launchers).add(process);
    processes.put(tenant.appId(), process);
  }

  private Path peer() throws LoadTestFailure {
    Path peer = programs.peer();
    if (peer == null) {
      throw new LoadTestFailure("a run against a peer needs --peer PATH");
    }
    return peer;
  }

  private static String log(TenantSpec tenant) {
    return "sidecar-" + tenant.appId();
  }

  private void awaitReady(List<TenantSpec> waiting) throws LoadTestFailure, InterruptedException {
    for (TenantSpec tenant : waiting) {
      int port = sidecar(tenant.appId()).httpPort();
      await(
          "the sidecar of " + tenant.appId(),
          log(tenant),
          processes.get(tenant.appId()),
          () -> probing.status(port, "/v1.0/healthz/outbound") == 204);
    }
    waiting.clear();
  }

  private interface Check {
    boolean holds() throws InterruptedException;
  }

  private void await(String what, String log, @Nullable Process process, Check check)
      throws LoadTestFailure, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!check.holds()) {
      boolean ended = process != null && !process.isAlive();
      if (ended || System.nanoTime() > end) {
        throw new LoadTestFailure(
            what
                + (ended ? " ended" : " is not ready after " + START_SECONDS + " s")
                + "; it says: "
                + children.lastLines(log));
      }
      Thread.sleep(20);
    }
  }

  public Sidecar sidecar(String appId) {
    Sidecar sidecar = sidecars.get(appId);
    if (sidecar == null) {
      throw new IllegalArgumentException("no tenant " + appId);
    }
    return sidecar;
  }

  /** The apps that subscribe to the topics of some tenants; whoever publishes is to open them. */
  public List<ReceiverPlan> receivers(List<String> appIds) {
    return appIds.stream().filter(receivers::containsKey).map(receivers::get).toList();
  }

  /** Returns when apps that subscribe have been found by their sidecars. */
  public void awaitSubscribed() throws LoadTestFailure, InterruptedException {
    for (TenantSpec tenant : tenants) {
      if (tenant.isReceiver()) {
        int port = sidecar(tenant.appId()).httpPort();
        await(
            "the app of " + tenant.appId(),
            log(tenant),
            processes.get(tenant.appId()),
            () -> probing.status(port, "/v1.0/healthz") == 204);
      }
    }
  }

  public RedisServer redis() {
    return redis;
  }

  /** Of an app that the victims' sidecars call. */
  public int victimAppPort() {
    return victimAppPort;
  }

  /** Zero where there is none: private daemons and peers. */
  public int adminPort() {
    return adminPort;
  }

  /** What is measured. */
  public List<Long> measuredPids() {
    return measured.stream().map(Process::pid).toList();
  }

  /** The small processes that stand for daprd beside a shared daemon. */
  public List<Long> launcherPids() {
    return launchers.stream().map(Process::pid).toList();
  }

  /** Whether all that is measured is still there. */
  public boolean isAlive() {
    return measured.stream().allMatch(Process::isAlive);
  }

  /** Writes the keys that will be read. */
  public void fill(Load load, List<String> appIds) throws LoadTestFailure, InterruptedException {
    probing.fill(load, appIds.stream().map(this::sidecar).toList());
  }

  /** From now on slow stores are slow; before, nobody could open them in time. */
  public void slowDown() throws IOException {
    apps.slowDown();
  }

  /** What the measured processes said last, for a failed run. */
  public String lastWords() {
    return children.lastLines(side.isProcessPerTenant() ? "sidecar-victim-1" : "daemon");
  }

  @Override
  public void close() {
    children.close();
  }
}
