package io.jitney.daemon.channel;

import com.google.protobuf.Empty;
import io.jitney.daemon.instance.AppInstance;
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
  static Future<Boolean> http(
      HttpAppChannel channel, AppInstance instance, String path, long timeoutMillis) {
    long start = System.nanoTime();
    return channel
        .probe(HttpMethod.GET, path)
        .compose(
            request -> {
              request.idleTimeout(timeoutMillis);
              return request
                  .send()
                  .compose(
                      answer -> {
                        int status = answer.statusCode();
                        instance.metrics().appProbe(true, status, System.nanoTime() - start);
                        return answer.end().map(status / 100 == 2);
                      });
            });
  }

  /** {@code AppCallbackHealthCheck/HealthCheck}; any status but OK is bad. */
  static Future<Boolean> grpc(GrpcAppChannel channel, AppInstance instance) {
    long start = System.nanoTime();
    return channel
        .probe(instance.account(), GrpcAppChannel.HEALTH_CHECK, Empty.getDefaultInstance())
        .map(
            answer -> {
              instance.metrics().appProbe(false, answer.code(), System.nanoTime() - start);
              return answer.ok();
            });
  }
}
