package io.jitney.loadtest.wire;

import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.scenario.Call;
import io.netty.channel.EventLoop;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Makes streams. */
public final class Streams {
  /** Calls under way on one HTTP/2 connection of an open stream. */
  private static final int CALLS_PER_CONNECTION = 32;

  private final ContextInternal context;
  private final EventLoop loop;
  private final Histogram lag;
  private final Arrivals arrivals;

  /**
   * For one worker.
   *
   * @param lag see {@link RequestStream}
   * @param arrivals where events are waited for
   */
  public Streams(ContextInternal context, Histogram lag, Arrivals arrivals) {
    this.context = context;
    loop = context.nettyEventLoop();
    this.lag = lag;
    this.arrivals = arrivals;
  }

  /** A stream whose answers count for a group. */
  public RequestStream stream(StreamPlan plan, GroupRecorder group) {
    List<Lane> lanes = lanes(plan);
    boolean events = plan.calls().stream().anyMatch(call -> call.kind() == Call.Kind.EVENT);
    if (events) {
      lanes.replaceAll(lane -> new EventLane(lane, arrivals));
    }
    return new RequestStream(plan, loop, lanes, group, lag);
  }

  /** Connections, or places for calls on them, to a sidecar. */
  public List<Lane> lanes(StreamPlan plan) {
    List<Lane> lanes = new ArrayList<>();
    switch (plan.speech()) {
      case HTTP -> {
        HttpRequests requests = new HttpRequests(plan.sidecar(), plan.store(), plan.calls());
        for (int i = 0; i < plan.connections(); i++) {
          lanes.add(new HttpLane(loop, plan.sidecar().httpPort(), requests));
        }
      }
      case GRPC -> {
        boolean open = plan.steps().stream().anyMatch(step -> step.rate() > 0);
        int callsPerConnection = open ? CALLS_PER_CONNECTION : 1;
        HttpClientOptions options =
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(callsPerConnection);
        GrpcClient client =
            GrpcClient.client(
                context.owner(),
                context
                    .owner()
                    .httpClientBuilder()
                    .with(options)
                    .with(new PoolOptions().setHttp2MaxSize(plan.connections()))
                    .build());
        GrpcCalls calls = new GrpcCalls(plan.sidecar().appId(), plan.store(), plan.calls());
        SocketAddress address =
            SocketAddress.inetSocketAddress(plan.sidecar().grpcPort(), "127.0.0.1");
        for (int i = 0; i < plan.connections() * callsPerConnection; i++) {
          lanes.add(new GrpcLane(context, client, address, calls));
        }
      }
      case REDIS -> lanes.add(new RedisLane(loop, plan.sidecar().httpPort()));
    }
    return lanes;
  }
}
