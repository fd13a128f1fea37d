package io.jitney.daemon.node;

import io.jitney.daemon.http.ApiTokenCheck;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.identity.Caller;
import io.jitney.tenancy.identity.ConnectionFacts;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the instance that a request on the node's listener is for. The answer is pinned to the
 * connection and used again while the request's token is the same, nothing has changed about who is
 * who, and the instance is running. So a connection that carries several tokens by turns is right
 * for each of them, and one whose app was taken away is refused from its next request on.
 *
 * <p>On event loops; a connection's pin is touched by its loop alone.
 */
final class Callers {
  /** Where a request goes. */
  sealed interface Found {}

  /** To this instance, which was running a moment ago, in this turn of the loop. */
  record Known(AppInstance instance) implements Found {}

  /** The caller is this tenant, but has no running instance. */
  record Absent(TenantId tenant) implements Found {}

  /** Nobody, or somebody who contradicts himself. */
  record Unknown(boolean withToken) implements Found {}

  /** What was found out for a connection, and under which circumstances it holds. */
  private static final class Pin {
    /** Empty: none was sent. Secret. */
    private final byte[] token;

    /** Of the identity when it was asked. */
    private final long version;

    private final Instance<AppInstance> instance;
    private final Known known;

    Pin(byte[] token, long version, Instance<AppInstance> instance) {
      this.token = token;
      this.version = version;
      this.instance = instance;
      this.known = new Known(instance.runtime());
    }

    boolean holds(byte[] presented, long versionNow) {
      return version == versionNow
          && MessageDigest.isEqual(token, presented)
          && instance.lifeCycle().isRunning();
    }
  }

  private static final byte[] NO_TOKEN = {};
  private static final AttributeKey<Pin> PIN = AttributeKey.valueOf(Callers.class, "caller");

  private final CallerIdentity identity;
  private final TenantRegistry<AppInstance> registry;

  Callers(CallerIdentity identity, TenantRegistry<AppInstance> registry) {
    this.identity = identity;
    this.registry = registry;
  }

  Found find(HttpServerRequest request) {
    String header = request.getHeader(ApiTokenCheck.HEADER);
    byte[] token = header == null ? NO_TOKEN : header.getBytes(StandardCharsets.UTF_8);
    Channel channel =
        request.connection() instanceof HttpServerConnection known
            ? known.channelHandlerContext().channel()
            : null;
    // Read before the question, so that an answer that was outdated while it was given does not
    // last.
    long version = identity.version();
    Pin pin = channel == null ? null : channel.attr(PIN).get();
    if (pin != null && pin.holds(token, version)) {
      return pin.known;
    }
    InetAddress source =
        channel != null && channel.remoteAddress() instanceof InetSocketAddress inet
            ? inet.getAddress()
            : null;
    Caller caller = identity.identify(new ConnectionFacts(source, header, null));
    if (caller == null) {
      return new Unknown(token.length > 0);
    }
    Instance<AppInstance> instance = pick(caller, source);
    if (instance == null) {
      return new Absent(caller.tenant());
    }
    Pin found = new Pin(token, version, instance);
    if (channel != null) {
      channel.attr(PIN).set(found);
    }
    return found.known;
  }

  /**
   * The caller's own instance if it is known by listener or address, else the one with the least to
   * do.
   */
  private @Nullable Instance<AppInstance> pick(Caller caller, @Nullable InetAddress source) {
    TenantId tenant = caller.tenant();
    return switch (caller) {
      case Caller.ByListener(var id) ->
          registry.pick(
              tenant, instance -> instance.id().equals(id) && running(instance), Callers::load);
      case Caller.ByToken _, Caller.ByAddress _ -> {
        String address = source == null ? "" : source.getHostAddress();
        Instance<AppInstance> own =
            registry.pick(
                tenant,
                instance -> running(instance) && isAt(instance.runtime(), address),
                Callers::load);
        yield own != null ? own : registry.pick(tenant, Callers::running, Callers::load);
      }
    };
  }

  private static boolean running(Instance<AppInstance> instance) {
    return instance.lifeCycle().isRunning() && instance.attached().isPresent();
  }

  private static long load(Instance<AppInstance> instance) {
    return instance.runtime().calls().count();
  }

  private static boolean isAt(AppInstance instance, String address) {
    var app = instance.settings().app();
    return app != null && Objects.equals(app.host(), address);
  }
}
