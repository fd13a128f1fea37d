package io.jitney.daemon.metadata;

import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import io.dapr.v1.DaprMetadataProtos.ActorRuntime;
import io.dapr.v1.DaprMetadataProtos.AppConnectionHealthProperties;
import io.dapr.v1.DaprMetadataProtos.AppConnectionProperties;
import io.dapr.v1.DaprMetadataProtos.GetMetadataRequest;
import io.dapr.v1.DaprMetadataProtos.GetMetadataResponse;
import io.dapr.v1.DaprMetadataProtos.MetadataHTTPEndpoint;
import io.dapr.v1.DaprMetadataProtos.MetadataWorkflows;
import io.dapr.v1.DaprMetadataProtos.PubsubSubscription;
import io.dapr.v1.DaprMetadataProtos.PubsubSubscriptionRule;
import io.dapr.v1.DaprMetadataProtos.PubsubSubscriptionRules;
import io.dapr.v1.DaprMetadataProtos.PubsubSubscriptionType;
import io.dapr.v1.DaprMetadataProtos.RegisteredComponents;
import io.dapr.v1.DaprMetadataProtos.SetMetadataRequest;
import io.dapr.v1.DaprProtos.ShutdownRequest;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.jitney.daemon.http.GoJson;
import io.jitney.daemon.instance.ComponentSet;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.instance.InstanceSettings.AppHealthSettings;
import io.jitney.daemon.subscription.TopicSubscription;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** gRPC front of the metadata and shutdown APIs. */
public final class MetadataGrpc {
  /** Of {@code GetMetadataResponse} since Dapr 1.18. */
  private static final int RESILIENCIES = 15;

  private final MetadataApi api;

  public MetadataGrpc(MetadataApi api) {
    this.api = api;
  }

  public List<GrpcMethod> methods() {
    return List.of(
        GrpcMethod.dapr("GetMetadata", "metadata.v1", GetMetadataRequest.parser(), this::get),
        GrpcMethod.dapr("SetMetadata", "metadata.v1", SetMetadataRequest.parser(), this::set),
        GrpcMethod.dapr("Shutdown", "shutdown.v1", ShutdownRequest.parser(), this::shutdown));
  }

  private Future<GetMetadataResponse> get(GrpcCall call, GetMetadataRequest request) {
    InstanceMetadata metadata = api.get(call.instance());
    GetMetadataResponse.Builder response =
        GetMetadataResponse.newBuilder()
            .setId(metadata.id())
            .setRuntimeVersion(MetadataApi.RUNTIME_VERSION)
            .addAllEnabledFeatures(metadata.features())
            .putAllExtendedMetadata(metadata.extended())
            .setAppConnectionProperties(app(metadata.app()))
            .setActorRuntime(
                ActorRuntime.newBuilder()
                    .setRuntimeStatus(ActorRuntime.ActorRuntimeStatus.valueOf(metadata.appStatus()))
                    .setPlacement(metadata.placement()))
            .setWorkflows(MetadataWorkflows.getDefaultInstance());
    for (ComponentSet.Loaded component : metadata.components()) {
      response.addRegisteredComponents(
          RegisteredComponents.newBuilder()
              .setName(component.name())
              .setType(component.type())
              .setVersion(component.version())
              .addAllCapabilities(component.capabilities()));
    }
    for (TopicSubscription subscription : metadata.subscriptions()) {
      response.addSubscriptions(subscription(subscription));
    }
    for (String endpoint : metadata.httpEndpoints()) {
      response.addHttpEndpoints(MetadataHTTPEndpoint.newBuilder().setName(endpoint));
    }
    if (!metadata.resiliencies().isEmpty()) {
      response.setUnknownFields(named(RESILIENCIES, metadata.resiliencies()));
    }
    return Future.succeededFuture(response.build());
  }

  private static PubsubSubscription subscription(TopicSubscription subscription) {
    PubsubSubscriptionRules.Builder rules = PubsubSubscriptionRules.newBuilder();
    subscription
        .routes()
        .rules()
        .forEach(
            rule ->
                rules.addRules(
                    PubsubSubscriptionRule.newBuilder()
                        .setMatch(rule.match())
                        .setPath(rule.path())));
    return PubsubSubscription.newBuilder()
        .setPubsubName(subscription.pubsub())
        .setTopic(subscription.topic())
        .putAllMetadata(subscription.metadata())
        .setRules(rules)
        .setDeadLetterTopic(subscription.deadLetterTopic())
        .setType(PubsubSubscriptionType.valueOf(subscription.origin().name()))
        .build();
  }

  /** A list of messages whose field 1 is a name, which the generated classes do not know yet. */
  private static UnknownFieldSet named(int field, List<String> names) {
    UnknownFieldSet.Field.Builder list = UnknownFieldSet.Field.newBuilder();
    for (String name : names) {
      list.addLengthDelimited(
          MetadataHTTPEndpoint.newBuilder().setName(name).build().toByteString());
    }
    return UnknownFieldSet.newBuilder().addField(field, list.build()).build();
  }

  private static AppConnectionProperties app(@Nullable AppEndpoint app) {
    if (app == null) {
      return AppConnectionProperties.newBuilder()
          .setProtocol("http")
          .setChannelAddress("127.0.0.1")
          .build();
    }
    AppConnectionProperties.Builder properties =
        AppConnectionProperties.newBuilder()
            .setPort(app.port())
            .setProtocol(app.protocol().word())
            .setChannelAddress(app.host());
    if (app.maxConcurrency() > 0) {
      properties.setMaxConcurrency(app.maxConcurrency());
    }
    AppHealthSettings health = app.health();
    if (health != null) {
      AppConnectionHealthProperties.Builder probe =
          AppConnectionHealthProperties.newBuilder()
              .setHealthProbeInterval(GoJson.duration(health.intervalMillis()))
              .setHealthProbeTimeout(GoJson.duration(health.timeoutMillis()))
              .setHealthThreshold(health.threshold());
      if (!app.protocol().grpc()) {
        probe.setHealthCheckPath(health.path());
      }
      properties.setHealth(probe);
    }
    return properties.build();
  }

  private Future<Empty> set(GrpcCall call, SetMetadataRequest request) {
    api.set(call.instance(), request.getKey(), request.getValue());
    return Future.succeededFuture(Empty.getDefaultInstance());
  }

  private Future<Empty> shutdown(GrpcCall call, ShutdownRequest request) {
    String force = call.metadata("dapr-force-shutdown");
    // after the answer is out: the connection goes down with the instance
    Objects.requireNonNull(io.vertx.core.Vertx.currentContext())
        .runOnContext(next -> api.shutdown(call.instance(), force == null ? "" : force));
    return Future.succeededFuture(Empty.getDefaultInstance());
  }
}
