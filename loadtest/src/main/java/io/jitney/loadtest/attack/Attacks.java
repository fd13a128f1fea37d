package io.jitney.loadtest.attack;

import io.jitney.loadtest.plan.WorkerPlan.AttackPlan;
import io.jitney.loadtest.wire.HttpRequests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Locale;

/** Makes attacks of plans. */
public final class Attacks {
  private Attacks() {}

  /** Something that goes on until it is stopped. */
  public interface Running {
    void start();

    void stop();
  }

  /** An attack of the plan's kind, not started. */
  public static Running of(AttackPlan plan, EventLoop loop, Tally tally) {
    int http = plan.sidecar().httpPort();
    int grpc = plan.sidecar().grpcPort();
    return switch (plan.kind()) {
      case LOAD -> throw new IllegalArgumentException("made of streams");
      case SLOW_READER ->
          new Connections(
              loop, http, plan.connections(), tally, new SlowReading(request(plan), plan));
      case SLOW_LORIS ->
          new Connections(loop, http, plan.connections(), tally, new SlowSending(plan));
      case CONNECTION_STORM -> new ConnectionStorm(loop, plan, request(plan), tally);
      case STREAM_RESET ->
          new Connections(
              loop, grpc, plan.connections(), tally, FrameFlood.streams(tally, plan.sidecar()));
      case FRAME_FLOOD ->
          new Connections(loop, grpc, plan.connections(), tally, FrameFlood.frames(tally));
    };
  }

  private static ByteBuf request(AttackPlan plan) {
    HttpRequests requests = new HttpRequests(plan.sidecar(), plan.store(), List.of(plan.call()));
    return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(requests.request(plan.call(), 0)));
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
