package io.jitney.daemon.channel;

import io.jitney.daemon.instance.AppInstance;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.TimeUnit;

/**
 * What daprd asks an HTTP app once: {@code GET /dapr/config}. An app without actors answers
 * whatever it likes; no answer and no error stops anything.
 */
final class InitEndpoints {
  private static final long PATIENCE_SECONDS = 30;

  private InitEndpoints() {}

  /** Completes when the app answered, failed, or took too long; never fails. */
  static Future<Void> ask(AppInstance instance, AppChannel channel) {
    return switch (channel) {
      case GrpcAppChannel grpc -> Future.succeededFuture();
      case HttpAppChannel http ->
          instance.settings().disabledInitEndpoints().contains("config")
              ? Future.succeededFuture()
              : config(instance, http);
    };
  }

  private static Future<Void> config(AppInstance instance, HttpAppChannel http) {
    return http.request(instance.account(), HttpMethod.GET, "/dapr/config")
        .compose(
            request -> {
              request.idleTimeout(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
              request.putHeader("content-type", "application/json");
              request.putHeader("dapr-app-id", instance.appId());
              if (!http.token().isEmpty()) {
                request.putHeader("dapr-api-token", http.token());
              }
              return request.send().compose(answer -> answer.end());
            })
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .otherwiseEmpty();
  }
}
