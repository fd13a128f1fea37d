package io.jitney.daemon.instance;

import io.jitney.daemon.grpc.GrpcApi;
import io.jitney.daemon.http.HttpApi;
import io.jitney.daemon.node.ListenerGroup;
import io.jitney.daemon.node.Node;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The ports of one virtual sidecar. */
final class InstanceListeners {
  private final List<ListenerGroup> groups = new ArrayList<>();

  private InstanceListeners() {}

  static InstanceListeners open(Node node, AppInstance instance, HttpApi httpApi, GrpcApi grpcApi)
      throws StartupFailure {
    InstanceListeners listeners = new InstanceListeners();
    InstanceSettings.Listen listen = instance.settings().listen();
    HttpServerOptions options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(instance.settings().http2Cleartext())
            .setMaxHeaderSize(instance.settings().readBufferSize() + 4096)
            .setMaxInitialLineLength(instance.settings().readBufferSize() + 4096);
    Handler<HttpServerRequest> grpc = grpcApi.handlerOf(instance);
    List<String> hosts = listen.addresses().isEmpty() ? List.of("0.0.0.0") : listen.addresses();
    try {
      for (String host : hosts) {
        listeners.add(node, options, host, listen.grpcPort(), grpc);
        listeners.add(node, options, host, listen.httpPort(), request -> httpApi.handle(instance, request));
      }
      return listeners;
    } catch (StartupFailure failure) {
      listeners.close(0);
      throw failure;
    }
  }

  private void add(
      Node node, HttpServerOptions options, String host, int port, Handler<HttpServerRequest> handler)
      throws StartupFailure {
    Future<ListenerGroup> listening =
        ListenerGroup.listen(
            node,
            node.loops(),
            options,
            host,
            port,
            () -> handler,
            invalid -> invalid.response().setStatusCode(400).end());
    try {
      groups.add(listening.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException failure) {
      throw new StartupFailure(1, "could not listen on " + host + ":" + port + ": " + failure.getCause());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new StartupFailure(1, "interrupted");
    }
  }

  Future<Void> close(long seconds) {
    return Future.join(groups.stream().map(group -> group.close(seconds)).toList()).mapEmpty();
  }
}
