package io.jitney.loadtest.wire;

import io.jitney.loadtest.plan.WorkerPlan.ReceiverPlan;
import io.jitney.loadtest.scenario.Events;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The apps that subscribe, in the process that publishes: one clock, one loop. */
public final class Receivers {
  private static final int SLOW_MILLIS = 2_000;
  private static final int BACKLOG = 1024;
  private static final String ROUTE = "/events";

  private final ContextInternal context;
  private final LongConsumer arrived;

  /**
   * For one worker.
   *
   * @param arrived told the number of each event, on the context's event loop
   */
  public Receivers(ContextInternal context, LongConsumer arrived) {
    this.context = context;
    this.arrived = arrived;
  }

  /** Opens their ports. */
  public Future<?> open(List<ReceiverPlan> plans) {
    List<Future<?>> all = new ArrayList<>();
    for (ReceiverPlan plan : plans) {
      all.add(Future.future(done -> context.runOnContext(v -> listen(plan).onComplete(done))));
    }
    return Future.all(all);
  }

  private Future<?> listen(ReceiverPlan plan) {
    Vertx vertx = context.owner();
    return vertx
        .createHttpServer(new HttpServerOptions().setAcceptBacklog(BACKLOG))
        .requestHandler(request -> answer(plan, request))
        .listen(plan.port(), "127.0.0.1")
        .mapEmpty();
  }

  private void answer(ReceiverPlan plan, HttpServerRequest request) {
    if (request.method() == HttpMethod.GET || !ROUTE.equals(request.path())) {
      boolean asked = "/dapr/subscribe".equals(request.path());
      end(request, 200, asked ? subscription(plan) : "");
      return;
    }
    request
        .body()
        .onSuccess(
            body -> {
              long number = EventNumber.read(((BufferInternal) body).getByteBuf());
              if (number >= 0) {
                arrived.accept(number);
              }
              answer(plan.answers(), request);
            })
        .onFailure(gone -> request.connection().close());
  }

  private void answer(Events.Subscriber how, HttpServerRequest request) {
    switch (how) {
      case NONE, OK -> end(request, 200, "");
      case SLOW -> context.owner().setTimer(SLOW_MILLIS, t -> end(request, 200, ""));
      case ERROR -> end(request, 500, "");
      case SILENT -> {}
    }
  }

  private static String subscription(ReceiverPlan plan) {
    return "[{\"pubsubname\":\""
        + Topics.COMPONENT
        + "\",\"topic\":\""
        + plan.topic()
        + "\",\"route\":\""
        + ROUTE
        + "\"}]";
  }

  private static void end(HttpServerRequest request, int status, String body) {
    if (!request.response().closed() && !request.response().ended()) {
      // A sidecar that has left is the sidecar's business.
      request
          .response()
          .setStatusCode(status)
          .putHeader("Content-Type", "application/json")
          .end(Buffer.buffer(body))
          .onFailure(gone -> request.connection().close());
    }
  }
}
