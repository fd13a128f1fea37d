package io.jitney.daemon.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.adversary.RedisKeys;
import io.jitney.daemon.pubsub.PublishClient.Entry;
import io.jitney.daemon.pubsub.PublishClient.Outcome;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which failures of a broker a tenant's retry policy repeats: its own lists, its API's codes. */
class PublishRetriesIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();
  private static final Pattern FAILED = Pattern.compile("cmdstat_xadd:.*failed_calls=(\\d+)");

  private static Sidecar open(String app, String matching) {
    return DAEMON.open(
        SidecarSpec.app(app)
            .component("p", "pubsub.redis", "redisHost", REDIS.address())
            .resource(
                "r.yaml",
                """
                apiVersion: dapr.io/v1alpha1
                kind: Resiliency
                metadata: {name: r}
                spec:
                  policies:
                    retries:
                      r: {duration: 10ms, maxRetries: 2, matching: {%s}}
                  targets: {components: {p: {outbound: {retry: r}}}}
                """
                    .formatted(matching)));
  }

  /** How often the broker was asked for an event that it can not take. */
  private static long attempts(Sidecar sidecar, Function<Sidecar, PublishClient> api)
      throws IOException {
    RedisKeys redis = new RedisKeys(REDIS.address());
    redis.ask("SET", "t", "not a stream");
    long before = failed(redis);
    try (PublishClient client = api.apply(sidecar)) {
      assertThat(
              client
                  .publish("p", "t", "x".getBytes(StandardCharsets.UTF_8), "text/plain", Map.of())
                  .outcome())
          .isEqualTo(Outcome.FAILED);
      long single = failed(redis) - before;
      assertThat(
              client
                  .bulk("p", "t", List.of(new Entry("1", "x", "text/plain", null)), Map.of())
                  .outcome())
          .isEqualTo(Outcome.FAILED);
      assertThat(failed(redis) - before - single).as("of a bulk").isEqualTo(single);
      return single;
    }
  }

  private static long failed(RedisKeys redis) throws IOException {
    Matcher found = FAILED.matcher(redis.ask("INFO", "commandstats"));
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  @Test
  void eachApiHasItsListAndEachTenantItsOwn() throws Exception {
    Sidecar a = open("a", "httpStatusCodes: '503', gRPCStatusCodes: '9'");
    Sidecar b = open("b", "httpStatusCodes: 400-499, gRPCStatusCodes: 13-14");

    assertThat(attempts(a, HttpPublishClient::new)).isEqualTo(3);
    assertThat(attempts(a, GrpcPublishClient::new)).isEqualTo(1);
    assertThat(attempts(b, HttpPublishClient::new)).isEqualTo(1);
    assertThat(attempts(b, GrpcPublishClient::new)).isEqualTo(3);
  }

  @Test
  void aListOfTheOtherApiChoosesNothing() throws Exception {
    assertThat(attempts(open("a", "gRPCStatusCodes: '9'"), HttpPublishClient::new)).isEqualTo(3);
    assertThat(attempts(open("b", "httpStatusCodes: '400'"), GrpcPublishClient::new)).isEqualTo(3);
  }
}
