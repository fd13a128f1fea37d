package io.jitney.daemon.channel;

import com.google.protobuf.Empty;
import io.jitney.daemon.isolation.Account;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/** One health probe: neither token nor other headers, whatever the app's state. */
final class AppProbe {

  private AppProbe() {}

  /**
   * GET of a path; 200 to 299 is good.
   *
   * @param timeoutMillis after which the request is taken back
   */
  static Future<Boolean> http(HttpAppChannel channel, String path, long timeoutMillis) {
    return channel
        .probe(HttpMethod.GET, path)
        .compose(
            request -> {
              request.idleTimeout(timeoutMillis);
              return request
                  .send()
                  .compose(answer -> answer.end().map(answer.statusCode() / 100 == 2));
            });
  }

  /** {@code AppCallbackHealthCheck/HealthCheck}; any status but OK is bad. */
  static Future<Boolean> grpc(GrpcAppChannel channel, Account account) {
    return channel
        .probe(account, GrpcAppChannel.HEALTH_CHECK, Empty.getDefaultInstance())
        .map(GrpcAnswer::ok);
  }
}
