package io.jitney.daemon.health;

import io.jitney.daemon.error.DaprErrors;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.http.HttpRoute;
import io.jitney.daemon.http.RequestQuery;
import io.vertx.core.Future;
import java.util.List;

/** {@code /v1.0/healthz} and {@code /v1.0/healthz/outbound}. */
public final class HealthHttp {
  public List<HttpRoute> routes() {
    return List.of(
        new HttpRoute(HttpRoute.GET, "v1.0", "healthz", "healthz", "Healthz", true, this::healthz),
        new HttpRoute(
            HttpRoute.GET,
            "v1.0",
            "healthz/outbound",
            "healthz",
            "HealthzOutbound",
            true,
            this::outbound));
  }

  private Future<Void> healthz(HttpCall call) {
    List<String> unready = call.instance().health().unready();
    if (!unready.isEmpty()) {
      throw DaprErrors.notReady("[" + String.join(" ", unready) + "]").exception();
    }
    String[] asked = {null};
    RequestQuery.each(
        call.request().query(),
        (name, value) -> {
          if (!name.equals("appid")) {
            return true;
          }
          asked[0] = value;
          return false;
        });
    if (asked[0] != null && !asked[0].equals(call.instance().appId())) {
      throw DaprErrors.appIdMismatch().exception();
    }
    return call.noContent();
  }

  private Future<Void> outbound(HttpCall call) {
    if (!call.instance().health().outboundReady()) {
      throw DaprErrors.outboundNotReady().exception();
    }
    return call.noContent();
  }
}
