package io.jitney.daemon.instance;

import io.jitney.daemon.bindings.InputBindings;
import io.jitney.daemon.channel.AppChannels;
import io.jitney.daemon.grpc.GrpcApi;
import io.jitney.daemon.health.InstanceHealth;
import io.jitney.daemon.http.HttpApi;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.outbox.OutboxRelay;
import io.jitney.daemon.policy.AppLabels;
import io.jitney.daemon.resources.Configuration;
import io.jitney.daemon.resources.ConfigurationLoader;
import io.jitney.daemon.resources.LoadedResources;
import io.jitney.daemon.resources.ResourceLoader;
import io.jitney.daemon.state.KeyClaims;
import io.jitney.daemon.subscription.AppSubscriptions;
import io.jitney.daemon.subscription.DeclaredSubscriptions;
import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.daemon.telemetry.LimitedLog;
import io.jitney.daemon.telemetry.MicrometerMetrics;
import io.jitney.daemon.wake.Handover;
import io.jitney.daemon.wake.Keeper;
import io.jitney.daemon.wake.Sleepers;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.policy.EffectivePolicy;
import io.jitney.tenancy.policy.PolicySubject;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Opens app instances: what daprd does between its start and readiness, in daprd's order (spec 05
 * section 3.1). Runs on a virtual thread of the instance; failures end the instance, never the
 * daemon.
 */
public final class InstanceOpener {
  private static final String SCOPE = "dapr.runtime";
  private static final long ABORT_SECONDS = 6;

  private final Node node;
  private final TenantRegistry<AppInstance> registry;
  private final AppChannels channels;
  private final HttpApi httpApi;
  private final GrpcApi grpcApi;
  private final Sleepers sleepers;
  private final KeyClaims claims = new KeyClaims();

  public InstanceOpener(
      Node node,
      TenantRegistry<AppInstance> registry,
      AppChannels channels,
      HttpApi httpApi,
      GrpcApi grpcApi,
      Sleepers sleepers) {
    this.node = node;
    this.registry = registry;
    this.channels = channels;
    this.httpApi = httpApi;
    this.grpcApi = grpcApi;
    this.sleepers = sleepers;
  }

  /**
   * Opens an instance and its listeners; blocks until outbound calls are served. The caller goes on
   * with {@link OpenInstance#awaitApp}. Call on a virtual thread; an interrupt ends it with a
   * failure.
   *
   * @throws StartupFailure with daprd's fatal message and exit code; nothing is left open then
   */
  public OpenInstance open(InstanceSettings settings, InstanceLog log) throws StartupFailure {
    return open(settings, log, made -> {});
  }

  /**
   * As {@link #open(InstanceSettings, InstanceLog)}.
   *
   * @param made is given the instance before any of its listeners is there
   */
  public OpenInstance open(InstanceSettings settings, InstanceLog lines, Consumer<AppInstance> made)
      throws StartupFailure {
    TenantId tenant = new TenantId(settings.identityNamespace(), settings.appId());
    InstanceLog log = new LimitedLog(lines, () -> policy(tenant).logLinesPerSecond());
    Configuration configuration = ConfigurationLoader.load(settings, log);
    InstanceMetrics metrics =
        settings.metricsEnabled()
            ? new MicrometerMetrics(
                settings.appId(),
                settings.namespace(),
                configuration.metrics(),
                () -> policy(tenant).metricSeries())
            : InstanceMetrics.NONE;
    log.info(SCOPE, "standalone mode configured");
    log.info(SCOPE, "app id: " + settings.appId());
    AppLabels labels = AppLabels.of(settings.environment());
    labels.problems().forEach(problem -> log.warn(SCOPE, problem));
    Instance<AppInstance> entry = registry.open(tenant, labels.labels());
    AppInstance instance =
        new AppInstance(
            entry.id(),
            settings,
            configuration,
            log,
            metrics,
            entry.tenant(),
            new InstanceHealth());
    instance.account(node.isolation().account(entry.tenant()));
    InstanceListeners listeners = new InstanceListeners(node, instance, httpApi, grpcApi);
    OpenInstance open = new OpenInstance(node, instance, entry, listeners);
    try {
      made.accept(instance);
      entry.attach(instance);
      steps(open, listeners);
      entry.lifeCycle().tryRunning();
      instance.health().outboundReady(true);
      return open;
    } catch (InterruptedException stopped) {
      abort(open);
      Thread.currentThread().interrupt();
      throw new StartupFailure(1, "interrupted");
    } catch (StartupFailure | RuntimeException failure) {
      entry.lifeCycle().tryFailed(String.valueOf(failure.getMessage()));
      abort(open);
      throw failure;
    }
  }

  /** What counts for the tenant now; also before it has its first instance. */
  private EffectivePolicy policy(TenantId id) {
    return registry
        .tenant(id)
        .map(Tenant::policy)
        .orElseGet(() -> registry.policies().resolve(PolicySubject.of(id)));
  }

  /** Waits, so that the ports are free when the failure is known. */
  private static void abort(OpenInstance open) {
    try {
      open.abort().toCompletionStage().toCompletableFuture().get(ABORT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException late) {
      open.instance().log().warn(SCOPE, "closing takes long: " + late);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Policies first: calls to components pass them. */
  private void load(
      AppInstance instance, ComponentLoading components, DeclaredSubscriptions subscriptions)
      throws StartupFailure, InterruptedException {
    LoadedResources resources = ResourceLoader.load(instance.settings(), instance.log());
    ResiliencyLoading.load(node.vertx(), instance, resources.resiliencies());
    components.load(resources);
    subscriptions.load(resources.subscriptions());
  }

  private AppSubscriptions subscriptions(AppInstance instance) {
    List<Context> loops = node.loops();
    Context loop = loops.get((int) (instance.id().number() % loops.size()));
    AppSubscriptions made = new AppSubscriptions(node.vertx(), loop, instance);
    instance.subscriptions(made);
    instance.life().add(made);
    instance.components().pubSubChanges(made);
    return made;
  }

  private void steps(OpenInstance open, InstanceListeners listeners)
      throws StartupFailure, InterruptedException {
    AppInstance instance = open.instance();
    InstanceHealth health = instance.health();
    health.add("runtime");
    health.add("grpc-api-server");
    health.add("grpc-internal-server");
    listeners.openMetrics();
    listeners.reserveInternal();
    ComponentLoading components = new ComponentLoading(node.resources(), instance, claims);
    InputBindings inputs = components.inputBindings();
    sleepers.expected(instance);
    Handover handover = sleepers.handover(instance, inputs::missed);
    instance.life().add(handover.first());
    open.beforeCut(handover.first()::stop);
    DeclaredSubscriptions subscriptions = new DeclaredSubscriptions(subscriptions(instance));
    Keeper keeper = instance.keeper();
    if (keeper != null) {
      instance.components().pubSubChanges(keeper);
      open.onClose(keeper::close);
    }
    open.onClose(components::close);
    if (instance.configuration().enabled(Configuration.HOT_RELOAD)) {
      ResourceReload reload = ResourceReload.watch(node, instance, components, subscriptions);
      open.onClose(reload::close);
      load(instance, components, subscriptions);
      reload.begin();
    } else {
      load(instance, components, subscriptions);
    }
    instance.life().add(inputs);
    instance.life().add(handover.last());
    if (keeper != null) {
      keeper.opened(inputs);
    }
    new OutboxRelay(node.vertx(), instance).join();
    channels.open(instance);
    open.onAppThere(() -> channels.appIsThere(instance));
    listeners.openGrpc();
    health.ready("grpc-api-server");
    listeners.openHttp();
    instance
        .log()
        .info(
            SCOPE,
            "The request body size parameter is: " + instance.settings().maxBodySize() + " bytes");
    listeners.openInternal();
    health.ready("grpc-internal-server");
  }
}
