package io.jitney.loadtest.app;

import io.jitney.loadtest.plan.AppPlan;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.BooleanSupplier;

/**
 * Forwards bytes in both directions, in order and each by the same time later; what is under way is
 * bounded by not reading on.
 */
final class DelayingProxy {
  private static final int MOST_UNDER_WAY = 4 << 20;

  private final Vertx vertx;
  private final AppPlan.Proxy plan;
  private final BooleanSupplier slow;

  /**
   * A proxy.
   *
   * @param slow whether it delays already
   */
  DelayingProxy(Vertx vertx, AppPlan.Proxy plan, BooleanSupplier slow) {
    this.vertx = vertx;
    this.plan = plan;
    this.slow = slow;
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
      // A timer also where there is no delay to speak of: what comes later must not overtake.
      vertx.setTimer(slow.getAsBoolean() ? Math.max(1, plan.delayMillis()) : 1, t -> action.run());
    }
  }
}
