package io.jitney.daemon;

import io.jitney.daemon.absent.AbsentGrpc;
import io.jitney.daemon.absent.AbsentHttp;
import io.jitney.daemon.bindings.BindingsApi;
import io.jitney.daemon.bindings.BindingsGrpc;
import io.jitney.daemon.bindings.BindingsHttp;
import io.jitney.daemon.channel.AppChannels;
import io.jitney.daemon.channel.HttpClients;
import io.jitney.daemon.connection.Connections;
import io.jitney.daemon.grpc.GrpcApi;
import io.jitney.daemon.grpc.GrpcMethod;
import io.jitney.daemon.health.HealthHttp;
import io.jitney.daemon.http.HttpApi;
import io.jitney.daemon.http.HttpRoute;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceOpener;
import io.jitney.daemon.invoke.EndpointCalls;
import io.jitney.daemon.invoke.GrpcProxy;
import io.jitney.daemon.invoke.InvokeApi;
import io.jitney.daemon.invoke.InvokeGrpc;
import io.jitney.daemon.invoke.InvokeHttp;
import io.jitney.daemon.invoke.NoResolver;
import io.jitney.daemon.metadata.MetadataApi;
import io.jitney.daemon.metadata.MetadataGrpc;
import io.jitney.daemon.metadata.MetadataHttp;
import io.jitney.daemon.node.CallerIdentity;
import io.jitney.daemon.node.KnownInstances;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.node.NodeHealth;
import io.jitney.daemon.node.NodeListener;
import io.jitney.daemon.pubsub.PublishApi;
import io.jitney.daemon.pubsub.PublishGrpc;
import io.jitney.daemon.pubsub.PublishHttp;
import io.jitney.daemon.secrets.SecretsApi;
import io.jitney.daemon.secrets.SecretsGrpc;
import io.jitney.daemon.secrets.SecretsHttp;
import io.jitney.daemon.state.StateApi;
import io.jitney.daemon.state.StateGrpc;
import io.jitney.daemon.state.StateHttp;
import io.jitney.daemon.subscription.SubscribeGrpc;
import io.jitney.daemon.wake.Sleepers;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.memory.MemoryBudget;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * The assembly: what exists once per process, made in the order in which it is needed and closed in
 * reverse. Reads like a start-up log; no container, no statics.
 */
public final class Daemon {
  private final MemoryBudget memory;
  private final Node node;
  private final TenantRegistry<AppInstance> registry;
  private final CallerIdentity identity = new CallerIdentity(List.of());
  private final NodeHealth health = new NodeHealth();
  private final Sleepers sleepers;
  private final InstanceOpener opener;
  private final NodeListener listener;

  /** A daemon for many apps, with the limits that are usual. */
  public Daemon(int eventLoops, Quota defaultQuota) {
    this(NodeSettings.shared(eventLoops, defaultQuota));
  }

  public Daemon(NodeSettings settings) {
    memory = new MemoryBudget(settings.budget());
    node =
        new Node(
            settings.eventLoops(),
            new Connections(settings.connections(), settings.keepalive(), memory),
            settings.isolated());
    registry = new TenantRegistry<>(settings.defaultQuota(), memory);
    node.isolation().start(registry);
    registry.addListener(new KnownInstances(identity));

    HttpClients clients = new HttpClients(node);
    EndpointCalls endpoints = new EndpointCalls(node.vertx(), clients);
    registry.addListener(endpoints);
    sleepers = new Sleepers(node.vertx());
    InvokeApi invoke = new InvokeApi(node.vertx(), registry, new NoResolver(), endpoints, sleepers);

    List<HttpRoute> routes = new ArrayList<>();
    routes.addAll(new HealthHttp().routes());
    MetadataApi metadata = new MetadataApi();
    routes.addAll(new MetadataHttp(metadata).routes());
    StateApi state = new StateApi();
    routes.addAll(new StateHttp(state).routes());
    PublishApi publish = new PublishApi();
    routes.addAll(new PublishHttp(publish).routes());
    BindingsApi bindings = new BindingsApi();
    routes.addAll(new BindingsHttp(bindings).routes());
    routes.addAll(new AbsentHttp().routes());
    SecretsApi secrets = new SecretsApi();
    routes.addAll(new SecretsHttp(secrets).routes());
    HttpApi httpApi = new HttpApi(routes, new InvokeHttp(invoke)::invoke);

    List<GrpcMethod> methods = new ArrayList<>();
    methods.addAll(new MetadataGrpc(metadata).methods());
    methods.addAll(new StateGrpc(state).methods());
    methods.addAll(new InvokeGrpc(invoke).methods());
    methods.addAll(new PublishGrpc(publish).methods());
    methods.addAll(new BindingsGrpc(bindings).methods());
    methods.addAll(new AbsentGrpc().methods());
    methods.addAll(new SubscribeGrpc().methods());
    methods.addAll(new SecretsGrpc(secrets).methods());
    GrpcApi grpcApi = new GrpcApi(node.vertx(), methods, new GrpcProxy(invoke)::handle);

    opener =
        new InstanceOpener(
            node, registry, new AppChannels(node, clients), httpApi, grpcApi, sleepers);
    listener = new NodeListener(node, identity, registry, httpApi, grpcApi, health);
  }

  public InstanceOpener opener() {
    return opener;
  }

  /** The apps that scale to zero. */
  public Sleepers sleepers() {
    return sleepers;
  }

  public TenantRegistry<AppInstance> registry() {
    return registry;
  }

  /** Who is let in on the node's listener. */
  public CallerIdentity identity() {
    return identity;
  }

  /** The listener that many apps share; closed until it is told to listen. */
  public NodeListener listener() {
    return listener;
  }

  /** Readiness of the daemon as such. */
  public NodeHealth health() {
    return health;
  }

  /** What all tenants hold of the node's memory. */
  public MemoryBudget memory() {
    return memory;
  }

  public Node node() {
    return node;
  }

  public Future<Void> close() {
    return node.close();
  }
}
