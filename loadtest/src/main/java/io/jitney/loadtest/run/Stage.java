package io.jitney.loadtest.run;

import io.jitney.loadtest.process.Children;
import io.jitney.loadtest.process.Environment;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.Programs;
import io.jitney.loadtest.process.TenantSpec;
import io.jitney.loadtest.scenario.Events;
import io.jitney.loadtest.scenario.Load;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An environment for one run, and the session in it. Ends with all its processes. */
final class Stage implements AutoCloseable {
  private final Children children;
  private final Environment environment;
  private final Session session;

  private Stage(Children children, Environment environment, Session session) {
    this.children = children;
    this.environment = environment;
    this.session = session;
  }

  /** For the tenants of one load. */
  static Stage open(Play play, Side side, Scenario.Header header, List<String> names, Load load)
      throws IOException, LoadTestFailure, InterruptedException {
    return open(play, side, header.policies(), 0, tenants(names, load, false));
  }

  static Stage open(
      Play play, Side side, String policies, int storeDelayMillis, List<TenantSpec> tenants)
      throws IOException, LoadTestFailure, InterruptedException {
    Children children = play.children();
    Programs programs = play.programs();
    try {
      Environment environment =
          Environment.open(
              children, programs, new Environment.Order(side, tenants, policies, storeDelayMillis));
      return new Stage(children, environment, new Session(children, environment, play.progress()));
    } catch (IOException | LoadTestFailure | InterruptedException | RuntimeException failure) {
      children.close();
      throw failure;
    }
  }

  /** Tenants of one load. */
  static List<TenantSpec> tenants(List<String> names, Load load, boolean aggressor) {
    List<TenantSpec> tenants = new ArrayList<>();
    Events events = load.events();
    boolean subscribed = events.subscriber() != Events.Subscriber.NONE;
    for (String name : names) {
      boolean own = subscribed && !events.apart();
      tenants.add(tenant(name, load, aggressor, own ? name : ""));
      if (subscribed && events.apart()) {
        tenants.add(tenant(name + "-app", load, aggressor, name));
      }
    }
    return tenants;
  }

  private static TenantSpec tenant(String name, Load load, boolean aggressor, String publisher) {
    return new TenantSpec(name, aggressor, load.store(), load.app(), load.events(), publisher);
  }

  Environment environment() {
    return environment;
  }

  Session session() {
    return session;
  }

  @Override
  public void close() {
    children.close();
  }
}
