package io.jitney.loadtest.run;

import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.jitney.loadtest.plan.WorkerPlan.Speech;
import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.process.Environment;
import io.jitney.loadtest.scenario.Call;
import io.jitney.loadtest.scenario.Load;
import java.util.ArrayList;
import java.util.List;

/** Workers' streams from a scenario's loads. */
final class Plans {
  private static final int PROBE_TIMEOUT_MILLIS = 5_000;
  private static final double PROBE_RATE = 40;

  private Plans() {}

  /** Names of the tenants of a load. */
  static List<String> names(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add(prefix + "-" + i);
    }
    return names;
  }

  /**
   * A stream for each tenant.
   *
   * @param steps with the rates of all tenants together
   */
  static List<StreamPlan> streams(
      Environment environment, String group, Load load, List<String> tenants, List<Step> steps) {
    List<StreamPlan> streams = new ArrayList<>();
    List<Step> each =
        steps.stream()
            .map(step -> new Step(step.from(), step.to(), step.rate() / tenants.size()))
            .toList();
    for (int i = 0; i < tenants.size(); i++) {
      Speech speech =
          switch (load.transport()) {
            case HTTP -> Speech.HTTP;
            case GRPC -> Speech.GRPC;
            case BOTH -> i % 2 == 0 ? Speech.HTTP : Speech.GRPC;
          };
      Sidecar sidecar = environment.sidecar(tenants.get(i));
      streams.add(stream(group, sidecar, speech, load, load.connections(), each, i + 1));
    }
    return streams;
  }

  static StreamPlan stream(
      String group,
      Sidecar sidecar,
      Speech speech,
      Load load,
      int connections,
      List<Step> steps,
      int seed) {
    return new StreamPlan(
        group,
        sidecar,
        speech,
        connections,
        load.arrivals(),
        load.timeoutMillis(),
        Environment.STORE,
        load.calls(),
        steps,
        seed);
  }

  /**
   * Probes past the daemon (its store and the victims' app), of the admin port and of a sidecar's
   * health: control traffic.
   */
  static List<StreamPlan> probes(Environment environment, String victim, double from, double to) {
    List<StreamPlan> probes = new ArrayList<>(probes(environment, from, to));
    Step step = new Step(from, to, PROBE_RATE);
    int health = environment.sidecar(victim).httpPort();
    probes.add(probe("app", environment.victimAppPort(), Speech.HTTP, "/", step));
    probes.add(probe("health", health, Speech.HTTP, "/v1.0/healthz", step));
    return probes;
  }

  /** Probes of the store, past the daemon, and of the admin port. */
  static List<StreamPlan> probes(Environment environment, double from, double to) {
    Step step = new Step(from, to, PROBE_RATE);
    List<StreamPlan> probes = new ArrayList<>();
    probes.add(probe("redis", environment.redis().port(), Speech.REDIS, "/", step));
    if (environment.adminPort() > 0) {
      probes.add(probe("control", environment.adminPort(), Speech.HTTP, "/healthz", step));
    }
    return probes;
  }

  private static StreamPlan probe(String group, int port, Speech speech, String path, Step step) {
    return new StreamPlan(
        group,
        new Sidecar(group, port, 0),
        speech,
        1,
        Load.Arrivals.EVEN,
        PROBE_TIMEOUT_MILLIS,
        Environment.STORE,
        List.of(new Call(Call.Kind.PATH, 1, 1, 0, path, "")),
        List.of(step),
        group.hashCode());
  }
}
