package io.jitney.tenancy.fair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/** A gate with a resource behind it, in simulated time: calls hold a place for what they cost. */
final class Simulation {
  /** Somebody who always has {@code backlog} calls under way or waiting, until told to stop. */
  final class Client {
    final Flow flow;
    final LongSupplier cost;
    boolean active = true;
    long service;
    int done;
    int running;
    int most;
    int refused;
    long longestWait;

    Client(Flow flow, LongSupplier cost) {
      this.flow = flow;
      this.cost = cost;
    }

    void want(int calls) {
      for (int i = 0; i < calls; i++) {
        gate.enter(flow, new Call(this), 0, Long.MAX_VALUE);
      }
    }
  }

  final class Call extends Turn {
    final Client client;
    final long cost;
    final long since = now;
    long end;

    Call(Client client) {
      this.client = client;
      this.cost = client.cost.getAsLong();
    }

    @Override
    protected void start() {
      client.longestWait = Math.max(client.longestWait, now - since);
      client.running++;
      client.most = Math.max(client.most, client.running);
      end = now + cost;
      busy.add(this);
    }

    @Override
    protected void refused(Refusal why) {
      client.refused++;
    }
  }

  final FairGate gate;
  final List<Client> clients = new ArrayList<>();
  private final PriorityQueue<Call> busy =
      new PriorityQueue<>(Comparator.comparingLong((Call call) -> call.end));
  long now;

  Simulation(FairGate.Settings settings) {
    gate = new FairGate(settings, () -> now);
  }

  Client client(Flow flow, int backlog, LongSupplier cost) {
    Client client = new Client(flow, cost);
    clients.add(client);
    client.want(backlog);
    return client;
  }

  /** Lets time pass; who is done comes again at once while it is active. */
  void run(long nanos) {
    long end = now + nanos;
    while (!busy.isEmpty() && busy.peek().end <= end) {
      Call call = busy.poll();
      now = call.end;
      Client client = call.client;
      client.running--;
      client.done++;
      client.service += call.cost;
      if (client.active) {
        client.want(1);
      }
      gate.done(call, call.cost);
    }
    now = end;
  }

  void forgetService() {
    clients.forEach(client -> client.service = 0);
  }

  /** Jain's index of service by weight: 1 when it is in proportion. */
  double jain() {
    double sum = 0;
    double squares = 0;
    for (Client client : clients) {
      double share = (double) client.service / client.flow.weight();
      sum += share;
      squares += share * share;
    }
    return sum * sum / (clients.size() * squares);
  }
}
