package io.jitney.loadtest.plan;

import io.jitney.loadtest.scenario.Attack;
import io.jitney.loadtest.scenario.Call;
import io.jitney.loadtest.scenario.Events;
import io.jitney.loadtest.scenario.Load;
import java.util.List;

/**
 * What one worker is to do.
 *
 * @param seconds length of the whole; answers are waited for a little longer
 * @param intervalMillis of the time series
 * @param receivers apps in the worker itself, which knows when it has sent what arrives there
 */
public record WorkerPlan(
    double seconds,
    int intervalMillis,
    List<StreamPlan> streams,
    List<AttackPlan> attacks,
    List<ReceiverPlan> receivers) {

  /**
   * Where a tenant's sidecar is.
   *
   * @param appId the tenant's
   * @param grpcPort 0 where it is not used
   */
  public record Sidecar(String appId, int httpPort, int grpcPort) {}

  /** What a stream of requests speaks. */
  public enum Speech {
    HTTP,
    GRPC,
    /** PING to a Redis: a probe of what is not the daemon's doing. */
    REDIS
  }

  /**
   * The requests of one tenant.
   *
   * @param group whose time series they count for
   * @param store name of the component
   * @param seed of the arrivals and of the order of calls
   */
  public record StreamPlan(
      String group,
      Sidecar sidecar,
      Speech speech,
      int connections,
      Load.Arrivals arrivals,
      int timeoutMillis,
      String store,
      List<Call> calls,
      List<Step> steps,
      long seed) {}

  /**
   * A time of constant load.
   *
   * @param rate requests per second; 0: as soon as there is an answer, on each connection
   */
  public record Step(double from, double to, double rate) {}

  /** An app that subscribes to a topic. */
  public record ReceiverPlan(int port, String topic, Events.Subscriber answers) {}

  /** An attack that is not made of ordinary requests. */
  public record AttackPlan(
      Attack.Kind kind,
      Sidecar sidecar,
      int connections,
      double rate,
      int bytesPerSecond,
      int holdMillis,
      String store,
      Call call,
      double from,
      double to) {}
}
