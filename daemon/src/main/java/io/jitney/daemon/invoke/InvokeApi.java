package io.jitney.daemon.invoke;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.ChannelClosedException;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.invoke.Callee.Away;
import io.jitney.daemon.invoke.Callee.Endpoint;
import io.jitney.daemon.invoke.Callee.Own;
import io.jitney.daemon.invoke.Callee.Peer;
import io.jitney.daemon.invoke.Callee.Url;
import io.jitney.daemon.resiliency.BuiltIn;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.resources.AccessControl;
import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.daemon.wake.Sleeper;
import io.jitney.daemon.wake.Sleepers;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.CallKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a call goes and whether it may, and sends it there. Knows no front.
 *
 * <p>Threads: the event loop of the caller's connection.
 */
public final class InvokeApi {
  private final Vertx vertx;
  private final TenantRegistry<AppInstance> registry;
  private final NameResolver resolver;
  private final EndpointCalls endpoints;
  private final Sleepers sleepers;
  private final HostName host = HostName.ofThisHost();

  public InvokeApi(
      Vertx vertx,
      TenantRegistry<AppInstance> registry,
      NameResolver resolver,
      EndpointCalls endpoints,
      Sleepers sleepers) {
    this.vertx = vertx;
    this.sleepers = sleepers;
    this.registry = registry;
    this.resolver = resolver;
    this.endpoints = endpoints;
  }

  /**
   * Who is meant by an id, from the caller's place: an HTTPEndpoint or URL, the caller's own app,
   * another app of this daemon, or one that is not here.
   *
   * @throws InvokeException for an id that can not be one
   */
  Callee callee(AppInstance caller, String id) {
    if (id.startsWith("http://") || id.startsWith("https://")) {
      return new Url(id);
    }
    if (id.isEmpty()) {
      throw new InvokeException(InvokeErrors.appIdEmpty());
    }
    int dot = id.indexOf('.');
    if (dot >= 0 && id.indexOf('.', dot + 1) >= 0) {
      throw new InvokeException(InvokeErrors.invalidAppId(id));
    }
    String appId = dot < 0 ? id : id.substring(0, dot);
    for (HttpEndpoint endpoint : caller.httpEndpoints()) {
      if (endpoint.name().equals(appId)) {
        return new Endpoint(endpoint);
      }
    }
    if (appId.isEmpty()) {
      throw new InvokeException(InvokeErrors.notFound(appId));
    }
    String namespace =
        dot < 0 || dot + 1 == id.length() ? caller.tenant().namespace() : id.substring(dot + 1);
    TenantId tenant = new TenantId(namespace, appId);
    if (tenant.equals(caller.tenant())) {
      return new Own(caller);
    }
    return registry.tenant(tenant).isPresent() ? new Peer(tenant) : new Away(tenant);
  }

  /**
   * Makes a call.
   *
   * @param id as the caller wrote it
   * @return the answer; fails with {@link InvokeException}, or {@link CallerGoneException} when
   *     nobody waits any more
   */
  Future<AppAnswer> invoke(AppInstance caller, String id, AppCall call) {
    Callee callee;
    try {
      callee = callee(caller, id);
    } catch (InvokeException refused) {
      return Future.failedFuture(refused);
    }
    Policy policy = policy(caller.resiliency(), callee, id, call.method());
    return policy.isNone()
        ? once(caller, id, callee, call)
        : GuardedCall.run(caller, policy, call, attempt -> once(caller, id, callee, attempt));
  }

  /** The caller's policy; the target is spelt as the caller spells it. */
  private static Policy policy(Resiliency resiliency, Callee callee, String id, String method) {
    if (!resiliency.concerns(id)) {
      return Policy.NONE;
    }
    return resiliency.app(
        id,
        switch (callee) {
          case Own own -> id + ":" + method;
          case Peer peer -> id + ":" + method;
          case Away away -> id + ":" + method;
          case Endpoint endpoint -> id + ":" + endpoint.endpoint().baseUrl();
          case Url url -> url.url() + "/" + method;
        });
  }

  private Future<AppAnswer> once(AppInstance caller, String id, Callee callee, AppCall call) {
    return switch (callee) {
      case Own own -> toOwn(caller, call);
      case Peer peer -> toPeer(caller, id, peer.tenant(), call, 0);
      case Endpoint endpoint -> endpoints.call(caller, endpoint.endpoint(), call);
      case Url url -> endpoints.call(caller, url.url(), call);
      case Away away -> toAway(caller, away.tenant(), call);
    };
  }

  private static Future<AppAnswer> toOwn(AppInstance caller, AppCall call) {
    AppChannel channel = caller.channel();
    if (channel == null) {
      return Future.failedFuture(new InvokeException(InvokeErrors.noOwnApp()));
    }
    return switch (caller.admission().admit(CallKind.DELIVERY, 0)) {
      case Admission.Refused refused ->
          Future.failedFuture(caller.refusals().error(refused).exception());
      case Admission.Admitted admitted -> {
        call.cancellation().whenEnded(admitted::release);
        yield deliver(channel, call)
            .recover(
                cause ->
                    Future.failedFuture(
                        cause instanceof ChannelClosedException
                            ? new InvokeException(InvokeErrors.noOwnApp())
                            : cause));
      }
    };
  }

  private Future<AppAnswer> toAway(AppInstance caller, TenantId app, AppCall call) {
    return resolver
        .resolve(app)
        .recover(
            nobody -> Future.failedFuture(new InvokeException(InvokeErrors.notFound(app.appId()))))
        .compose(remote -> remote.invoke(call.over(hop(caller, app))));
  }

  private Future<AppAnswer> toPeer(
      AppInstance caller, String id, TenantId app, AppCall call, int tried) {
    AppInstance callee = pick(app);
    if (callee == null) {
      return registry.tenant(app).isPresent()
          ? again(caller, id, app, call, tried)
          : toAway(caller, app, call);
    }
    AppChannel channel = callee.channel();
    String denial = denial(caller, callee, call.method(), verbOf(callee, call));
    if (denial != null) {
      return Future.failedFuture(InvokeException.denied(denial));
    }
    Sleeper sleeper = tried == 0 ? sleepers.of(app) : null;
    if (sleeper != null && sleeper.sleepsForCalls()) {
      return afterWaking(caller, id, app, call, sleeper);
    }
    if (channel == null) {
      return Future.failedFuture(new InvokeException(InvokeErrors.noApp()));
    }
    Admission.Admitted place;
    switch (callee.admission().admit(CallKind.DELIVERY, 0)) {
      case Admission.Refused refused -> {
        return Future.failedFuture(callee.refusals().error(refused).exception());
      }
      case Admission.Admitted admitted -> {
        call.cancellation().whenEnded(admitted::release);
        place = admitted;
      }
    }
    boolean streaming = call.streaming();
    caller.metrics().invokeSent(app.appId(), streaming);
    callee.metrics().invokeReceived(caller.appId());
    long start = System.nanoTime();
    return deliver(channel, call.over(hop(caller, app)))
        .compose(answer -> eventStream(call, answer))
        .onComplete(
            done -> {
              int status = done.succeeded() ? status(done.result()) : 500;
              callee.metrics().invokeAnswered(caller.appId(), status);
              caller
                  .metrics()
                  .invokeAnswer(app.appId(), status, streaming, System.nanoTime() - start);
            })
        .recover(
            cause ->
                switch (cause) {
                  case InvokeException failed ->
                      Future.failedFuture(
                          new InvokeException(InvokeErrors.fromChannel(failed.text())));
                  case ChannelClosedException closed -> {
                    place.release(); // the next instance has places of its own
                    yield again(caller, id, app, call, tried);
                  }
                  default -> Future.failedFuture(cause);
                });
  }

  /** A call whose body cannot wait finds nobody, but the next one does. */
  private Future<AppAnswer> afterWaking(
      AppInstance caller, String id, TenantId app, AppCall call, Sleeper sleeper) {
    Future<Void> awake = sleeper.awaken();
    if (call.streaming()) {
      return Future.failedFuture(new InvokeException(InvokeErrors.noInstance(app.appId(), 0)));
    }
    return awake
        .recover(
            late ->
                Future.failedFuture(new InvokeException(InvokeErrors.noInstance(app.appId(), 0))))
        .compose(
            there ->
                call.cancellation().cancelled()
                    ? Future.failedFuture(new CallerGoneException())
                    : toPeer(caller, id, app, call, 1));
  }

  /**
   * Between daprds an event stream has a way of its own: headers are forced, and an error has no
   * answer.
   */
  private static Future<AppAnswer> eventStream(AppCall call, AppAnswer answer) {
    if (call.fromGrpc()
        || !(answer instanceof AppAnswer.Http http)
        || !"text/event-stream".equals(call.headers().get("accept"))) {
      return Future.succeededFuture(answer);
    }
    return http.success()
        ? Future.succeededFuture(http.asEventStream())
        : Future.failedFuture(new InvokeException(InvokeErrors.noAnswerFromStream()));
  }

  private static int status(AppAnswer answer) {
    return switch (answer) {
      case AppAnswer.Http http -> http.status();
      case AppAnswer.Grpc grpc -> grpc.answer().code();
    };
  }

  /**
   * No instance took the call: one that is just being replaced gets some time, unless the body can
   * not wait, or the caller has said for this target what is to be done.
   */
  private Future<AppAnswer> again(
      AppInstance caller, String id, TenantId app, AppCall call, int tried) {
    Resiliency resiliency = caller.resiliency();
    if (resiliency.hasApp(id)) {
      return Future.failedFuture(new InvokeException(InvokeErrors.noInstance()));
    }
    long wait = call.streaming() ? -1 : resiliency.builtIn(BuiltIn.SERVICE).waitMillis(tried + 1L);
    if (wait < 0) {
      return Future.failedFuture(new InvokeException(InvokeErrors.noInstance(app.appId(), tried)));
    }
    return vertx
        .timer(Math.max(1, wait), TimeUnit.MILLISECONDS)
        .compose(
            late ->
                call.cancellation().cancelled()
                    ? Future.failedFuture(new CallerGoneException())
                    : toPeer(caller, id, app, call, tried + 1));
  }

  private static Future<AppAnswer> deliver(AppChannel channel, AppCall call) {
    return switch (channel) {
      case HttpAppChannel http -> ToHttpApp.call(http, call);
      case GrpcAppChannel grpc -> BodyReader.whole(call, read -> ToGrpcApp.call(grpc, read));
    };
  }

  /**
   * The instance of an app that a call goes to: the least loaded healthy one; failing that, a
   * running one, whose answer then says what is wrong.
   */
  @Nullable AppInstance pick(TenantId app) {
    Instance<AppInstance> picked = registry.pick(app, InvokeApi::isReady, InvokeApi::load);
    if (picked == null) {
      picked = registry.pick(app, instance -> instance.lifeCycle().isRunning(), InvokeApi::load);
    }
    return picked == null ? null : picked.attached().orElse(null);
  }

  private static boolean isReady(Instance<AppInstance> instance) {
    AppInstance runtime = instance.attached().orElse(null);
    AppChannel channel = runtime == null ? null : runtime.channel();
    return channel != null && instance.lifeCycle().isRunning() && channel.healthy();
  }

  private static long load(Instance<AppInstance> instance) {
    AppInstance runtime = instance.attached().orElse(null);
    AppChannel channel = runtime == null ? null : runtime.channel();
    return channel == null ? 0 : channel.inFlight();
  }

  private static String verbOf(AppInstance callee, AppCall call) {
    HTTPExtension.Verb verb = call.verb();
    return verb == null || callee.settings().connection().protocol().grpc()
        ? HTTPExtension.Verb.NONE.name()
        : verb.name();
  }

  /**
   * What the callee's access control says against a call; null when it may pass.
   *
   * @param operation as the callee's daprd would see it
   * @param verb upper case; NONE for gRPC
   */
  static @Nullable String denial(
      AppInstance caller, AppInstance callee, String operation, String verb) {
    AccessRules rules = callee.accessRules();
    if (rules == null) {
      return null;
    }
    CallerIdentity identity = identity(caller, callee);
    AccessRules.Decision decision = rules.decide(identity, operation, verb);
    callee
        .metrics()
        .accessControl(
            decision.byPolicy(),
            decision.allowed(),
            identity == null ? "" : identity.trustDomain(),
            identity == null ? "" : identity.namespace(),
            identity == null ? "" : identity.appId());
    return decision.allowed()
        ? null
        : InvokeErrors.denial(identity == null ? "" : identity.spiffeId(), operation, verb);
  }

  /**
   * The caller's identity where the callee asks for one by mTLS: this daemon is its own proof of
   * who is who. A caller without mTLS would not get through to such a daprd at all, so it does not
   * get around its policies here.
   */
  private static @Nullable CallerIdentity identity(AppInstance caller, AppInstance callee) {
    if (!callee.settings().mtls()) {
      return null;
    }
    AccessControl own = caller.configuration().accessControl();
    return new CallerIdentity(
        own == null ? CallerIdentity.DEFAULT_TRUST_DOMAIN : own.trustDomain(),
        caller.tenant().namespace(),
        caller.appId());
  }

  AppCall.Hop hop(AppInstance caller, TenantId callee) {
    InstanceSettings settings = caller.settings();
    return new AppCall.Hop(
        settings.identityNamespace(),
        caller.appId(),
        callee.appId(),
        host.addressFor(settings.environment()),
        host.name());
  }

  NameResolver resolver() {
    return resolver;
  }
}
