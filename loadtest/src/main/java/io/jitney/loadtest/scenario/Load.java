package io.jitney.loadtest.scenario;

import java.util.List;

/**
 * Requests of some tenants.
 *
 * @param tenants how many
 * @param rate requests per second of all of them together; 0: each connection sends again as soon
 *     as it has an answer
 * @param connections per tenant
 * @param timeoutMillis after which an answer counts no more
 * @param calls what is asked, by share
 * @param events who subscribes to what the calls publish
 */
public record Load(
    int tenants,
    double rate,
    int connections,
    Transport transport,
    Arrivals arrivals,
    int timeoutMillis,
    Store store,
    App app,
    List<Call> calls,
    Events events) {

  /** How requests travel. */
  public enum Transport {
    HTTP,
    GRPC,
    /** Tenants in turn. */
    BOTH
  }

  /** When requests are due. */
  public enum Arrivals {
    /** At equal distances. */
    EVEN,
    /** At random, as from many independent users. */
    POISSON
  }

  /** Where state is. */
  public enum Store {
    /** A Redis of the load test's own. */
    REDIS,
    /** The same, through a proxy that delays each direction. */
    SLOW,
    MEMORY
  }

  /** What the tenants' app does. */
  public enum App {
    /** Answers. */
    ECHO,
    /** Accepts connections and never says anything. */
    DEAD
  }

  public Load withRate(double other) {
    return new Load(
        tenants, other, connections, transport, arrivals, timeoutMillis, store, app, calls, events);
  }

  public Load withConnections(int other) {
    return new Load(
        tenants, rate, other, transport, arrivals, timeoutMillis, store, app, calls, events);
  }

  public Load withTenants(int other) {
    return new Load(
        other, rate, connections, transport, arrivals, timeoutMillis, store, app, calls, events);
  }
}
