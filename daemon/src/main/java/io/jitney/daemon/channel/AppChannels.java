package io.jitney.daemon.channel;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.instance.InstanceSettings.AppHealthSettings;
import io.jitney.daemon.node.Node;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/**
 * Opens the app channels of instances. Nothing connects to the app before the first call or probe.
 *
 * <p>Threads: any.
 */
public final class AppChannels {
  /** daprd allows gRPC apps a block of metadata of 1,024 times the flag. */
  private static final int GRPC_HEADER_FACTOR = 1024;

  private final Node node;
  private final HttpClients clients;

  public AppChannels(Node node, HttpClients clients) {
    this.node = node;
    this.clients = clients;
  }

  /** Gives the instance its channel; does nothing without an app port. */
  public void open(AppInstance instance) {
    InstanceSettings settings = instance.settings();
    AppEndpoint app = settings.app();
    if (app == null) {
      return;
    }
    AppLoad load = new AppLoad(node.vertx(), app.maxConcurrency(), node.isolation().isOn());
    String token = settings.appApiToken();
    int header = settings.readBufferSize();
    AppHealthSettings health = app.health();
    if (app.protocol().grpc()) {
      GrpcAppChannel channel =
          new GrpcAppChannel(
              clients,
              app,
              token,
              header * GRPC_HEADER_FACTOR,
              settings.maxBodySize(),
              load,
              instance.metrics());
      if (health != null) {
        channel.health(
            new AppHealth(
                node.vertx(), loopOf(instance), health, () -> AppProbe.grpc(channel, instance)));
      }
      instance.channel(channel);
    } else {
      HttpAppChannel channel =
          new HttpAppChannel(clients, app, token, header, load, instance.metrics());
      if (health != null) {
        channel.health(
            new AppHealth(
                node.vertx(),
                loopOf(instance),
                health,
                () ->
                    AppProbe.http(
                        channel, instance, health.requestPath(), health.timeoutMillis())));
      }
      instance.channel(channel);
    }
  }

  private Context loopOf(AppInstance instance) {
    List<Context> loops = node.loops();
    return loops.get((int) (instance.id().number() % loops.size()));
  }

  /**
   * What follows once the app's port answers: health probes begin, and the app is asked for its
   * configuration, at once or, with health checks, when it is healthy for the first time. Then
   * deliveries begin. Completes when the instance may count as ready; does not wait for health.
   * Never fails.
   */
  public Future<Void> appIsThere(AppInstance instance) {
    AppChannel channel = instance.channel();
    if (channel == null) {
      return instance.life().healthy(true);
    }
    AppHealth health = channel.health();
    if (health == null) {
      Promise<Void> asked = Promise.promise();
      loopOf(instance)
          .runOnContext(
              run ->
                  InitEndpoints.ask(instance, channel)
                      .compose(told -> instance.life().healthy(true))
                      .onComplete(asked));
      return asked.future();
    }
    boolean[] asked = {false};
    health.start(
        healthy -> {
          if (!healthy) {
            instance.log().warn("dapr.runtime", "App entered un-healthy status");
            instance.life().healthy(false);
            return;
          }
          instance.log().info("dapr.runtime", "App entered healthy status");
          instance.health().appSeenHealthy();
          if (asked[0]) {
            instance.life().healthy(true);
          } else {
            asked[0] = true;
            InitEndpoints.ask(instance, channel)
                .onComplete(told -> instance.life().healthy(channel.healthy()));
          }
        });
    return Future.succeededFuture();
  }
}
