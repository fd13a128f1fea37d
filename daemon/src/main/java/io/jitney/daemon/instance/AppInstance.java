package io.jitney.daemon.instance;

import io.jitney.components.spi.CallContext;
import io.jitney.daemon.admission.Refusals;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.AppLife;
import io.jitney.daemon.health.InstanceHealth;
import io.jitney.daemon.http.Cors;
import io.jitney.daemon.invoke.AccessRules;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.outbox.Outbox;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.resources.AccessControl;
import io.jitney.daemon.resources.ApiAccess;
import io.jitney.daemon.resources.Configuration;
import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.daemon.subscription.AppSubscriptions;
import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.daemon.wake.Keeper;
import io.jitney.tenancy.InstanceId;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.admission.TenantAdmission;
import io.jitney.tenancy.connection.TenantConnections;
import io.jitney.tenancy.memory.MemoryLedger;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The runtime of one app instance: what a daprd process holds elsewhere. Everything here belongs to
 * this instance; what belongs to the tenant (admission) is shared by its instances.
 *
 * <p>Made and filled by {@link InstanceOpener}; read by listeners on event loops. Fields that
 * change while it lives are volatile or concurrent.
 */
public final class AppInstance {
  /**
   * Limit for a call into a component when no policy says otherwise, as a guard against lost calls.
   */
  private static final long CALL_DEADLINE = TimeUnit.SECONDS.toNanos(60);

  private final InstanceId id;
  private final InstanceSettings settings;
  private final InstanceLog log;
  private final InstanceMetrics metrics;
  private final Tenant shared;
  private final Refusals refusals;
  private final InstanceHealth health;
  private final ComponentSet components = new ComponentSet();
  private final Map<String, String> extendedMetadata = new ConcurrentHashMap<>();
  private final Configuration configuration;
  private final ApiAccess apiAccess;
  private final @Nullable AccessRules accessRules;
  private final @Nullable Cors cors;
  private final boolean apiLogging;
  private volatile List<HttpEndpoint> httpEndpoints = List.of();
  private volatile Resiliency resiliency = Resiliency.NONE;
  private volatile @Nullable AppChannel channel;
  private volatile Account account = Account.named("");
  private volatile @Nullable Keeper keeper;
  private final Outbox outbox = new Outbox(this);
  private volatile BoundPorts ports = BoundPorts.NONE;
  private final AppLife life = new AppLife();
  private volatile @Nullable AppSubscriptions subscriptions;
  private final RunningCalls calls = new RunningCalls();
  private @Nullable Handler<HttpServerRequest> nodeGrpc;
  private volatile Runnable shutdown = () -> {};
  private volatile Runnable forcedShutdown = () -> {};
  private volatile Consumer<StartupFailure> failed = failure -> {};

  public AppInstance(
      InstanceId id,
      InstanceSettings settings,
      Configuration configuration,
      InstanceLog log,
      InstanceMetrics metrics,
      Tenant shared,
      InstanceHealth health) {
    this.id = id;
    this.settings = settings;
    this.configuration = configuration;
    this.apiAccess = configuration.apiAccess();
    AccessControl control = configuration.accessControl();
    this.accessRules =
        control == null ? null : new AccessRules(control, !settings.connection().protocol().grpc());
    this.cors = Cors.of(settings.allowedOrigins());
    Boolean flag = settings.enableApiLogging();
    this.apiLogging = flag != null ? flag : configuration.apiLogging().enabled();
    this.log = log;
    this.metrics = metrics;
    this.shared = shared;
    this.refusals = new Refusals(id.tenant());
    this.health = health;
  }

  public InstanceId id() {
    return id;
  }

  public TenantId tenant() {
    return id.tenant();
  }

  public String appId() {
    return settings.appId();
  }

  public InstanceSettings settings() {
    return settings;
  }

  public Configuration configuration() {
    return configuration;
  }

  /** Which APIs the Configuration lets the app use. */
  public ApiAccess apiAccess() {
    return apiAccess;
  }

  /** Which other apps may call this one; null when its Configuration says nothing. */
  public @Nullable AccessRules accessRules() {
    return accessRules;
  }

  /** CORS of the HTTP API; null when it is off. */
  public @Nullable Cors cors() {
    return cors;
  }

  /** Whether each API call is logged. */
  public boolean apiLogging() {
    return apiLogging;
  }

  public InstanceLog log() {
    return log;
  }

  public InstanceMetrics metrics() {
    return metrics;
  }

  /** The tenant's quotas; shared by all instances of the tenant. */
  public TenantAdmission admission() {
    return shared.admission();
  }

  /** What its callers are told when admission refuses them. */
  public Refusals refusals() {
    return refusals;
  }

  /** What all instances of the tenant hold of the node's memory. */
  public MemoryLedger memory() {
    return shared.memory();
  }

  /** Counts a call of the tenant that was refused behind admission, by a full queue. */
  public void refused(Reason reason) {
    shared.counters().refused(reason);
  }

  /** The tenant's client connections, over all listeners and instances. */
  public TenantConnections connections() {
    return shared.connections();
  }

  /** On whose account its calls are served; shared by all instances of the tenant. */
  public Account account() {
    return account;
  }

  /** To be called before the instance is served. */
  public void account(Account tenants) {
    account = tenants;
  }

  public InstanceHealth health() {
    return health;
  }

  public ComponentSet components() {
    return components;
  }

  /** HTTPEndpoint resources in scope. */
  public List<HttpEndpoint> httpEndpoints() {
    return httpEndpoints;
  }

  public void httpEndpoints(List<HttpEndpoint> endpoints) {
    httpEndpoints = List.copyOf(endpoints);
  }

  /** Timeouts, retries and breakers of its calls to components and apps. */
  public Resiliency resiliency() {
    return resiliency;
  }

  public void resiliency(Resiliency policies) {
    resiliency = policies;
  }

  /** The way to the app; null without an app port. */
  public @Nullable AppChannel channel() {
    return channel;
  }

  public void channel(AppChannel appChannel) {
    channel = appChannel;
  }

  /** When the app gets what comes from outside. */
  public AppLife life() {
    return life;
  }

  /** What the app hears of its brokers; null until the instance opens. */
  public @Nullable AppSubscriptions subscriptionsIfAny() {
    return subscriptions;
  }

  /** What the app hears of its brokers. */
  public AppSubscriptions subscriptions() {
    return Objects.requireNonNull(subscriptions, "not open yet");
  }

  /** To be called before the instance is served. */
  public void subscriptions(AppSubscriptions made) {
    subscriptions = made;
  }

  /** Holds what the app listens to while it is away; null where nobody does. */
  public @Nullable Keeper keeper() {
    return keeper;
  }

  /** To be called before its components are opened. */
  public void keeper(Keeper made) {
    keeper = made;
  }

  /**
   * Whether it was opened for an app that is away and comes with an instance of its own: two of
   * them must be able to be there.
   */
  public boolean standsIn() {
    return keeper != null && settings.app() == null;
  }

  /** What is published of state transactions. */
  public Outbox outbox() {
    return outbox;
  }

  /** API calls that are being served now. */
  public RunningCalls calls() {
    return calls;
  }

  /**
   * The gRPC server of the calls that come over the node's listener, made for the first of them:
   * most instances of a node of virtual sidecars never need one.
   */
  public synchronized Handler<HttpServerRequest> nodeGrpc(
      Supplier<Handler<HttpServerRequest>> make) {
    Handler<HttpServerRequest> known = nodeGrpc;
    if (known == null) {
      known = make.get();
      nodeGrpc = known;
    }
    return known;
  }

  /** Where it listens; filled while it opens. */
  public BoundPorts ports() {
    return ports;
  }

  void ports(BoundPorts bound) {
    ports = bound;
  }

  /** What the app added with PUT metadata. */
  public Map<String, String> extendedMetadata() {
    return extendedMetadata;
  }

  /** Context of a component call made now. */
  public CallContext callContext(@Nullable String traceparent) {
    return new CallContext(System.nanoTime() + CALL_DEADLINE, traceparent, account);
  }

  /** What the shutdown API starts: graceful (exit 0), or forced (exit 1). Returns at once. */
  public void requestShutdown(boolean forced) {
    (forced ? forcedShutdown : shutdown).run();
  }

  /**
   * What a failure does that daprd would exit for while it runs, after a reload for example.
   * Returns at once.
   */
  public void fail(StartupFailure failure) {
    failed.accept(failure);
  }

  /** To be called before the instance is served; a failure ends it. */
  public void onFailure(Consumer<StartupFailure> handler) {
    failed = handler;
  }

  public void onShutdownRequest(Runnable graceful, Runnable forced) {
    shutdown = graceful;
    forcedShutdown = forced;
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
