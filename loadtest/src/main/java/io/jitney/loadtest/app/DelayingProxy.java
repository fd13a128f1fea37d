package io.jitney.loadtest.app;

import io.jitney.loadtest.plan.AppPlan;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/**
 * Forwards bytes in both directions, in order and each by the same time later; what is under way is
 * bounded by not reading on.
 */
final class DelayingProxy {
  private static final int MOST_UNDER_WAY = 4 << 20;

  private final Vertx vertx;
  private final AppPlan.Proxy plan;

  DelayingProxy(Vertx vertx, AppPlan.Proxy plan) {
    this.vertx = vertx;
    this.plan = plan;
  }

  Future<?> open() {
    return vertx.createNetServer().connectHandler(this::accepted).listen(plan.port(), "127.0.0.1");
  }

  private void accepted(NetSocket client) {
    client.pause();
    vertx
        .createNetClient()
        .connect(plan.targetPort(), "127.0.0.1")
        .onSuccess(
            store -> {
              new Direction(client, store).open();
              new Direction(store, client).open();
              client.resume();
            })
        .onFailure(refused -> client.close());
  }

  private final class Direction {
    private final NetSocket from;
    private final NetSocket to;
    private int underWay;

    Direction(NetSocket from, NetSocket to) {
      this.from = from;
      this.to = to;
    }

    void open() {
      from.handler(this::arrived);
      from.closeHandler(closed -> later(() -> to.close()));
    }

    private void arrived(Buffer bytes) {
      underWay += bytes.length();
      if (underWay > MOST_UNDER_WAY) {
        from.pause();
      }
      later(
          () -> {
            underWay -= bytes.length();
            to.write(bytes).onFailure(gone -> from.close());
            if (underWay <= MOST_UNDER_WAY / 2) {
              from.resume();
            }
          });
    }

    private void later(Runnable action) {
      vertx.setTimer(Math.max(1, plan.delayMillis()), t -> action.run());
    }
  }
}
