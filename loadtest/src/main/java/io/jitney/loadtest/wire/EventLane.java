package io.jitney.loadtest.wire;

import io.jitney.loadtest.scenario.Call;
import java.util.function.Consumer;

/** Publishes an event and has its answer when the event has arrived, too. */
final class EventLane implements Lane {
  private final Lane publishing;
  private final Arrivals arrivals;
  private long number;
  private boolean acknowledged;
  private boolean arrived;

  EventLane(Lane publishing, Arrivals arrivals) {
    this.publishing = publishing;
    this.arrivals = arrivals;
  }

  @Override
  public void send(Exchange exchange, Consumer<Outcome> done) {
    acknowledged = false;
    arrived = false;
    number = 0;
    if (exchange.call().kind() != Call.Kind.EVENT) {
      publishing.send(exchange, done);
      return;
    }
    long mine =
        arrivals.expect(
            () -> {
              arrived = true;
              if (acknowledged) {
                done.accept(Outcome.OK);
              }
            });
    number = mine;
    publishing.send(
        exchange.withNumber(mine),
        outcome -> {
          acknowledged = true;
          if (outcome != Outcome.OK) {
            arrivals.forget(mine);
            done.accept(outcome);
          } else if (arrived) {
            done.accept(Outcome.OK);
          }
        });
  }

  @Override
  public void abandon() {
    arrivals.forget(number);
    if (!acknowledged) {
      publishing.abandon();
    }
  }

  @Override
  public void close() {
    publishing.close();
  }
}
