package io.jitney.daemon.invoke;

import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.ClientKind;
import io.jitney.daemon.channel.ClientKind.Trust;
import io.jitney.daemon.channel.ClientLease;
import io.jitney.daemon.channel.HttpClients;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings.AppProtocol;
import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.InstanceId;
import io.jitney.tenancy.TenantListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls that leave Dapr: HTTPEndpoint resources and literal URLs. An instance has clients of its
 * own, by kind, until it closes: a connection that carries one app's secrets is no other app's.
 *
 * <p>daprd sends the app's own token along to a literal URL. Here it stays: a secret is not handed
 * to whatever address a caller writes (spec 03 section 9, hazard 11).
 *
 * <p>Threads: the event loop of the caller's connection.
 */
public final class EndpointCalls implements TenantListener<AppInstance> {
  private static final int MAX_HEADER_SIZE = 256 * 1024;

  private final HttpClients clients;
  private final Egress egress;
  private final Map<InstanceId, Map<ClientKind, ClientLease>> leases = new ConcurrentHashMap<>();

  public EndpointCalls(Vertx vertx, HttpClients clients) {
    this.clients = clients;
    this.egress = new Egress(vertx);
  }

  @Override
  public void opened(Instance<AppInstance> instance) {}

  @Override
  public void closed(Instance<AppInstance> instance) {
    Map<ClientKind, ClientLease> own = leases.remove(instance.id());
    if (own != null) {
      own.values().forEach(ClientLease::close);
    }
  }

  /** Calls an HTTPEndpoint: its headers, its certificates, redirects followed. */
  Future<AppAnswer> call(AppInstance caller, HttpEndpoint endpoint, AppCall call) {
    ClientKind kind =
        endpoint.baseUrl().startsWith("https:")
            ? new ClientKind(
                false, Trust.VERIFIED, endpoint.tls(), MAX_HEADER_SIZE, caller.id().number())
            : new ClientKind(false, Trust.PLAIN, null, MAX_HEADER_SIZE, caller.id().number());
    return new EndpointCall(
            lease(caller, kind),
            host -> egress.allowed(caller, host),
            endpoint.headers(),
            true,
            call)
        .to(endpoint.baseUrl());
  }

  /**
   * Calls a literal URL, in the way the caller's app is called: its protocol decides on HTTP/2 and
   * on certificates.
   */
  Future<AppAnswer> call(AppInstance caller, String url, AppCall call) {
    AppChannel channel = caller.channel();
    @Nullable AppProtocol protocol = channel == null ? null : channel.app().protocol();
    Trust trust =
        !url.startsWith("https:")
            ? Trust.PLAIN
            : protocol == AppProtocol.HTTPS ? Trust.ANYONE : Trust.VERIFIED;
    ClientKind kind =
        new ClientKind(
            protocol == AppProtocol.H2C,
            trust,
            null,
            caller.settings().readBufferSize(),
            caller.id().number());
    return new EndpointCall(
            lease(caller, kind), host -> egress.allowed(caller, host), Map.of(), false, call)
        .to(url);
  }

  private ClientLease lease(AppInstance caller, ClientKind kind) {
    return leases
        .computeIfAbsent(caller.id(), first -> new ConcurrentHashMap<>(2))
        .computeIfAbsent(kind, made -> clients.lease(made, null));
  }
}
